/**
 * Everything the bot says in English, in one place. `{name}` is a placeholder; `*bold*` is WhatsApp's.
 * Each text fits a phone screen and says what to do next.
 */
export const en = {
  // Home
  menu: `👋 *Welcome to {shop}!*
Airtime in seconds, paid with M-Pesa.

1️⃣ Buy airtime
2️⃣ Track my order
3️⃣ Help
4️⃣ Kiswahili{again}

Reply with a number.`,
  menuAgain: '\n5️⃣ Again: {amount} → {recipient}',
  closedMenu: `🔒 *{shop} is closed right now.*
{why}

2️⃣ Track my order
3️⃣ Help
4️⃣ Kiswahili

Reply with a number.`,
  closedPaused: 'We are not selling airtime at the moment. Please try again later.',
  closedHours: 'We open {when}.',
  closedForNow: 'We are closed today and for the coming days. Please try again another day.',
  closedNotReady: 'The shop is not open yet. Please try again later.',
  whenToday: 'today at *{time}*',
  whenTomorrow: 'tomorrow at *{time}*',
  whenWeekday: 'on *{day}* at *{time}*',
  whenDate: 'on *{date}* at *{time}*',
  timeSmallHours: '{clock} am',
  timeMorning: '{clock} am',
  timeAfternoon: '{clock} pm',
  timeEvening: '{clock} pm',
  timeNight: '{clock} pm',
  daySunday: 'Sunday',
  dayMonday: 'Monday',
  dayTuesday: 'Tuesday',
  dayWednesday: 'Wednesday',
  dayThursday: 'Thursday',
  dayFriday: 'Friday',
  daySaturday: 'Saturday',
  languageChanged: '🌐 We now chat in English.',
  sandboxMark: '🧪 Sandbox',
  testMark: '🧪 *TEST MODE*: no real money or airtime moves.',
  banned: `🚫 *Sorry, {shop} cannot serve you in this chat.*`,
  bannedReason: 'Reason: {reason}',
  menuHint: 'Reply *1* to buy airtime, *2* to track an order, *3* for help or *4* for Kiswahili.',
  closedHint: 'Reply *2* to track an order, *3* for help or *4* for Kiswahili.',
  notUnderstood: '🤔 Sorry, I did not get that.',
  youAreWelcome: '🙏 You are welcome!',
  restarted: '🙏 Sorry, I lost my place in our chat. Nothing was charged. Let us start again.',
  weAreBack: `👋 *We are back!* Your message came while we were away, so nothing was bought with it.`,
  apology: `🙏 Sorry, that did not work just now. No order was made and nothing was charged. Please try again in a few minutes.`,

  // Buying
  wished: '👌 {amount} airtime.',
  who: `🛒 *Who is the airtime for?*

1️⃣ For me{own}
2️⃣ For someone else

Reply *1* or *2*.
0️⃣ Back`,
  whoHint: 'Reply *1* for your own number or *2* for someone else’s.',
  ownNumber:
    '📱 *What is your phone number?*\nType it like *0700 000 001*, or share it as a contact.\n\n0️⃣ Back',
  otherNumber:
    '📱 *Which number gets the airtime?*\nType it like *0700 000 001*, or share a contact.\n\n0️⃣ Back',
  otherNumberKnown: `📱 *Which number gets the airtime?*

{choices}

Reply with a number from the list, or type another like *0700 000 001*.
0️⃣ Back`,
  numberHint: 'Type a Kenyan mobile number like *0700 000 001*, or share a contact.',
  numberWrong: `❌ That is not a Kenyan mobile number.
Type all 10 digits, like *0700 000 001* or *0110 000 001* (or +254 700 000 001).
0️⃣ Back`,
  numberIncomplete: `❌ That number has {digits} digits; a Kenyan mobile number has 10.
Type it like *0700 000 001*.
0️⃣ Back`,
  numberForeign: `❌ I can only use Kenyan mobile numbers: 07…, 01… or +254….
Type one like *0700 000 001*.
0️⃣ Back`,
  contactEmpty: '❌ I found no Kenyan mobile number in that contact. Type the number, like *0700 000 001*.',
  contactSeveral: '📇 That contact has several numbers.',
  contactUnasked: '📇 Thank you for the contact, but I need no number just now.',
  amount: `💰 *How much airtime for {recipient}?*

{choices}Type an amount from *{min}* to *{max}*.
0️⃣ Back`,
  amountHint: 'Type the amount in shillings, like *100*.',
  amountLetters: 'Reply with a letter, or type an amount such as *100*.',
  amountNotNumber: `❌ I could not read that as an amount. Type whole shillings with digits only, like *100*.`,
  amountFraction: `❌ Whole shillings only, please: no cents. For example *100*.`,
  amountNegative: `❌ The amount cannot be below zero. Type it without a minus, like *100*.`,
  amountTooLong: `❌ That is far too much. Type an amount from *{min}* to *{max}*, like *100*.`,
  amountIsPhone: `❌ That looks like a phone number; the airtime is for {recipient}. Type the amount, like *100*.
0️⃣ Back`,
  amountLow: `❌ The least you can buy is *{min}*. Type an amount from {min} to {max}.`,
  amountHigh: `❌ The most you can buy at once is *{max}*. Type an amount from {min} to {max}.`,
  payer: `💳 *Who pays with M-Pesa?*

{choices}

Or type another number. M-Pesa must be on that number; it gets the PIN prompt.
0️⃣ Back`,
  payerChoice: '{number} Pay from {phone}',
  payerUnknown: `💳 *Which number pays with M-Pesa?*
Type it like *0700 000 001*. M-Pesa must be on that number; it gets the PIN prompt.

0️⃣ Back`,
  payerHint: 'Reply *1* to pay from {own}, or type another number like *0700 000 001*.',

  // Confirming
  confirm: `🧾 *Please confirm*

📱 Airtime: *{amount}*
👤 For: *{recipient}*
💳 Paid by: *{payer}*
💵 You pay: *{price}*{notes}

1️⃣ Yes, pay now
2️⃣ No, cancel
3️⃣ Pay with another number
0️⃣ Back`,
  confirmDiscount: '\n🎁 You save {saved} ({percent}%)',
  confirmNetworkHint:
    '\n⚠️ This looks like a number of {network}. We can send to Safaricom, Airtel and Telkom only.',
  confirmTest: '\n🧪 This purchase is simulated: no money is taken and no airtime sent.',
  confirmHint: `Reply *1* to pay {price} for {amount} airtime to {recipient}, *2* to cancel, *3* to pay with another number, or *0* to go back.`,
  confirmShortHint: 'Reply *1* to pay, *2* to cancel, *3* to pay with another number, or *0* to go back.',
  confirmExpired: '⏰ That took more than 10 minutes, so please check and confirm once more.',
  confirmUnseen: '👀 Your answer came before this was on your screen. Please check it and confirm.',
  confirmPrice: '💵 *The price has changed.* Please check and confirm once more.',
  cancelled: '👌 Cancelled. Nothing was charged.',
  ordering: `📲 *Sending the M-Pesa prompt to {payer}…*
Enter your PIN on that phone to pay *{price}*. {amount} airtime then goes to {recipient}.

Your order number follows in a moment.`,
  orderingTest: `📲 Sending a simulated M-Pesa prompt for {payer}.
It asks for *{price}*; it is answered in the dashboard. Your order number follows in a moment.`,

  // Why an order was not taken
  refusedOpenPrompt: `📲 {payer} already has an M-Pesa prompt waiting. Answer that one on the phone first (PIN, or cancel it).`,
  refusedOwnOpenPrompt: `📲 Order *{orderNo}* is still waiting on {payer}. Answer that M-Pesa prompt first (PIN, or cancel it).`,
  refusedPayerLimit: `✋ M-Pesa prompts to {payer} within the hour: {perHour}, the most we send. Try again in *{minutes} min*, or pay with another number.`,
  refusedPayers: `✋ This chat has asked {perDay} different numbers to pay today, the most we allow. Pay with one of those numbers, or try again tomorrow.`,
  refusedBannedPayer: `🚫 {payer} cannot pay here. Nothing was charged. Choose another number to pay.`,
  refusedSameAmount: `⏳ M-Pesa does not take the same amount from the same number twice in a row so quickly. Try again in *{minutes} min*, or choose another amount.`,
  refusedRecipient: `✋ {recipient} can get {perDay} of airtime in 24 hours, and this would be more. Choose a smaller amount, or try again tomorrow.`,
  refusedShopLimit: `😔 We have sold all we can for today. Nothing was charged. Please come back tomorrow.`,
  refusedFloat: `😔 We cannot sell {amount} just now. Nothing was charged. Try a smaller amount, or come back a little later.`,
  refusedNotOpen: `🔒 *{shop} is not open yet.* Nothing was charged. Please try again later.`,
  refusedUnavailable: `🙏 We cannot take new orders just this moment. Nothing was charged. Please try again in a few minutes.`,
  refusedSummary: '{amount} airtime for {recipient}:',
  retryChoices: `1️⃣ Try again
2️⃣ Cancel
3️⃣ Pay with another number
0️⃣ Back`,

  // Orders
  orders: `📦 *Your last orders*

{list}

Reply with a number from the list, or type an order number.
0️⃣ Back`,
  ordersLine: '{number} {icon} {amount} → {recipient}\n      {orderNo} · {word}',
  ordersHint: 'Reply with a number from the list, or type an order number.',
  ordersNone: `📦 You have no orders here yet.

1️⃣ Buy airtime
3️⃣ Help
0️⃣ Menu`,
  ordersNoneClosed: `📦 You have no orders here yet.

3️⃣ Help
0️⃣ Menu`,
  openOrderLine: '{icon} Order *{orderNo}* ({amount} → {recipient}): {word}',
  order: `📦 *Order {orderNo}*
📱 {amount} → {recipient}
💳 {price} from {payer}{receipt}

{status}`,
  orderReceipt: '\n🧾 M-Pesa code {receipt}',
  orderFooter: '0️⃣ Back · *00* Menu',
  orderNotYours: `🔍 *That order number is not among the orders of this chat.*
Please check it. If it was placed with another shop or from another phone, ask in that chat.`,
  orderElsewhere: `🔍 You placed order *{orderNo}* with *{shop}*, which is another shop.
Please ask in the chat with that shop.`,
  retryOffer: `Reply *1* to try again: {amount} → {recipient}, {price} from {payer}. *00* for the menu.`,
  retryFromOrder: '1️⃣ Try again',
  againFromOrder: '1️⃣ Buy this again',
  complainFromOrder: '2️⃣ I paid but got nothing',
  complaint: `🧾 *What is the M-Pesa code of your payment for order {orderNo}?*
It is at the start of the M-Pesa SMS, like *SG722NMVXQ*. You may paste the whole SMS.

0️⃣ Back`,
  complaintHint: 'Type the M-Pesa code, like *SG722NMVXQ*, or *0* to go back.',
  complaintNoCode: `❌ I found no M-Pesa code in that. It has ten letters and digits, like *SG722NMVXQ*, at the start of the M-Pesa SMS.
0️⃣ Back`,
  complaintTaken: `🙏 Thank you. We are asking M-Pesa again, and a person will look at order *{orderNo}* with your code *{receipt}*. We will tell you here. Please do not pay again.

0️⃣ Back · *00* Menu`,
  paymentNotSeen: `⏳ M-Pesa has not told us of your payment yet. That can take a minute; we tell you here at once. Please do not pay again.`,
  paymentUnmatched: '🧾 I cannot match that M-Pesa payment to an order here.',
  paymentUnmatchedChoose: 'Open the order below that you paid for and choose *I paid but got nothing*.',
  waitingFooter: 'Reply *00* for the menu.',
  waitingAgain: 'Reply *again* to buy the same once more, or *00* for the menu.',
  wordOpen: 'in progress',
  wordAwaitingPin: 'waiting for PIN',
  wordDelivered: 'delivered',
  wordSent: 'sent',
  wordFailed: 'not paid',
  wordCancelled: 'cancelled',
  wordAttention: 'being checked',
  wordRefunded: 'refunded',

  // Where an order stands
  statusRequesting: '⏳ Asking M-Pesa to send the prompt to {payer}.',
  statusPrompted:
    '📲 Waiting for the M-Pesa PIN on {payer}. You have about a minute from when the prompt appears.',
  statusUnknown: `🔎 M-Pesa has not told us whether the prompt went out. A person is checking. If you were charged, keep the M-Pesa SMS. Please do not pay again.`,
  statusExpired: `⌛ No payment has reached us. If you did enter your PIN, we will still see it and send the airtime. Charged already? Send the M-Pesa SMS here.`,
  statusExpiredUnwatched: '⌛ No payment has reached us. If you were charged, send the M-Pesa SMS here.',
  statusReview: '🔎 A person is checking this payment before the airtime is sent. Please do not pay again.',
  statusQueued: '✅ Paid. Your airtime is about to be sent.',
  statusSubmitting: '✅ Paid. Your airtime is being sent now.',
  statusHeld:
    '✅ Paid. Sending is delayed; the airtime goes out as soon as possible. You need not do anything.',
  statusSent: '🚀 Sent: the network has accepted the airtime. It arrives within moments.',
  statusDelivered: '🎉 Delivered.',
  statusRejected:
    '⚠️ Paid, but the network refused the airtime. Your money is on record and a person is looking at it.',
  statusDeliveryUnknown: `🔎 Paid. The network has not confirmed the airtime yet; a person is checking. Your money is on record.`,
  statusRefunded: '💸 Refunded.',
  statusPaidTwice:
    '🔎 It may have been paid twice. A person is checking; if so, the shop will send {second} back.',
  statusCancelled: '✖️ Cancelled by the shop. No airtime will be sent and nothing was paid.',
  statusCancelledPaid:
    '⚠️ Cancelled by the shop after you paid. Your payment is on record; the shop will settle it with you.',
  statusCancelledUnclear: `✖️ Cancelled by the shop; no airtime will be sent. If money left your M-Pesa, tell the shop.`,

  // Why a payment was not made
  declinedCancelled: '✖️ The M-Pesa prompt was cancelled. Nothing was charged.',
  declinedWrongPin: '🔑 M-Pesa said the PIN was wrong. Nothing was charged.',
  declinedNoFunds: '💸 There was not enough money on M-Pesa. Nothing was charged.',
  declinedNoAnswer: `📵 {payer} could not be reached or did not answer the prompt. No payment has reached us; if you did enter your PIN, do not pay again: we will still see it and send the airtime.`,
  declinedNoAnswerUnwatched: `📵 {payer} could not be reached or did not answer the prompt. No payment has reached us. If you were charged, do not pay again: send the M-Pesa SMS here.`,
  declinedLimit: '✋ M-Pesa refused: a limit of {payer} was reached. Nothing was charged.',
  declinedBusy: `⏳ M-Pesa was busy or {payer} had another transaction open. Nothing was charged. Wait a minute before you try again.`,
  declinedGateway: '😔 The M-Pesa prompt could not be sent. Nothing was charged.',
  declinedOther: `✖️ M-Pesa did not complete the payment; no money has reached us. If M-Pesa says that you were charged, do not pay again: we will still see it and send the airtime.`,
  declinedOtherUnwatched: `✖️ M-Pesa did not complete the payment; no money has reached us. If you were charged, do not pay again: send the M-Pesa SMS here.`,

  // Help
  help: `❓ *How it works*

• Reply *1* in the menu and say who the airtime is for.
• Type the amount and check the summary.
• Reply *1*: an M-Pesa prompt comes to the paying phone. Enter the PIN.
• The airtime arrives within moments, and we tell you here.

🔎 *Paid, but nothing came?* Do not pay again. Reply *2* in the menu and pick your order: you see where it stands, and can send us your M-Pesa code.{contact}

0️⃣ Menu`,
  helpContact: '\n\n☎️ Still stuck? Contact {shop}: *{contact}*',

  // What is not text
  mediaImage: '🖼️ I cannot see pictures.',
  mediaVoice: '🎤 I cannot listen to voice notes.',
  mediaVideo: '🎬 I cannot watch videos.',
  mediaDocument: '📄 I cannot open documents.',
  mediaSticker: '😄 Nice one! I only read text, though.',
  mediaLocation: '📍 I do not need your location.',
  mediaOther: '🤔 I can only read text messages.',
  pleaseType: 'Please type your answer.',
  emptyText: '🤔 That message was empty.',

  // What happens around the chat
  edited: '✏️ You changed an earlier message. I only go by new messages, so nothing has changed.',
  deleted: '🗑️ Deleting a message cancels nothing.',
  flood: `✋ *That is a lot of messages at once.*
I am pausing for a moment. Please wait {minutes} min, then send *menu*.`,
  loop: `🤖 *The same message keeps coming*, so I have stopped answering: it may be an automatic reply.
Are you there? Send *menu*.`,

  // What the order desk tells later
  noticePrompted: `📲 *Order {orderNo}*: the M-Pesa prompt is on {payer}. Enter the PIN to pay *{price}*.

No prompt? Unlock that phone and wait a few seconds.`,
  noticeDeclined: '*Order {orderNo}*\n{cause}',
  noticeExpired: `⌛ *Order {orderNo}*: no payment has reached us in time.
If you did enter your PIN, do not pay again: we will still see it and send the airtime.`,
  noticePaymentUnknown: `🔎 *Order {orderNo}*: we could not learn from M-Pesa whether the prompt went out.
A person will check it. If you were charged, keep the M-Pesa SMS; your money is not lost. Please do not order again until we tell you here.`,
  noticeReview: `🔎 *Order {orderNo}*: your payment needs a look by a person before the airtime is sent. Please do not pay again; we will tell you here.`,
  noticePaid:
    '✅ *Order {orderNo}*: {price} received, thank you.{receipt}\nSending {amount} airtime to {recipient}…',
  noticeSent: `🚀 *Order {orderNo}*: {amount} airtime to {recipient} is accepted by the network. It arrives within moments.

Send *again* to buy the same once more, or *hi* for the menu.`,
  noticeDelivered: `🎉 *Order {orderNo}*: {amount} airtime has been delivered to {recipient}. Thank you!

Send *again* to buy the same once more, or *hi* for the menu.`,
  noticeHeld: `⏳ *Order {orderNo}*: your payment is safe, but the airtime is delayed. It goes out as soon as possible and we will tell you here. You need not do anything.`,
  noticeDeliveryProblem: `⚠️ *Order {orderNo}*: you paid, but {amount} airtime to {recipient} is not confirmed. Your payment is on record and a person is looking at it. Please do not pay again.`,
  noticeLatePaid: `✅ *Order {orderNo}*: your payment of {price} has arrived after all.{receipt}
Sending {amount} airtime to {recipient}…`,
  noticeLatePaidResolved: `🔎 *Order {orderNo}*: a payment of {price} arrived after this order was closed.{receipt}
No airtime is sent by itself now; a person will settle it with you.`,
  noticePaidTwice: `🔎 *Order {orderNo}*: another payment of {second} seems to have come in for it.{receipt}
A person is checking. If you have paid twice, the shop will send one back and we will tell you here; please keep the M-Pesa SMS.`,
  noticePaidOnce: `👍 *Order {orderNo}*: we have checked. It was paid once; there is no second payment to send back. If you see two payments in M-Pesa, tell the shop.`,
  noticeRefunded: `💸 *Order {orderNo}*: the shop says it has sent {back} back by M-Pesa, code {code}.
Check the M-Pesa messages. If it is not there, tell the shop.`,
  noticeSecondRefunded: `💸 *Order {orderNo}*: you paid twice, and the shop says it has sent {back} back by M-Pesa, code {code}.
Check the M-Pesa messages. If it is not there, tell the shop.`,
  noticeCancelled: '✖️ *Order {orderNo}*: {status}',
  noticeRetry: 'Reply *1* to try again, or *00* for the menu.',
  noticeMenu: 'Send *hi* to start again.',
  noticeContact: '☎️ {shop}: {contact}',
} as const;
