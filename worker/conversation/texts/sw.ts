import type { TextKey } from './catalogue.ts';

/**
 * Everything the bot says in Swahili as it is spoken in Kenya. Words that customers know from M-Pesa and the networks (airtime,
 * PIN, SMS, menu) stay as they are.
 */
export const sw: Readonly<Record<TextKey, string>> = {
  // Home
  menu: `👋 *Karibu {shop}!*
Airtime kwa sekunde chache, unalipa kwa M-Pesa.

1️⃣ Nunua airtime
2️⃣ Fuatilia oda yangu
3️⃣ Msaada
4️⃣ English{again}

Jibu kwa nambari.`,
  menuAgain: '\n5️⃣ Tena: {amount} → {recipient}',
  closedMenu: `🔒 *{shop} imefungwa kwa sasa.*
{why}

2️⃣ Fuatilia oda yangu
3️⃣ Msaada
4️⃣ English

Jibu kwa nambari.`,
  closedPaused: 'Kwa sasa hatuuzi airtime. Tafadhali jaribu tena baadaye.',
  closedHours: 'Tutafungua {when}.',
  closedForNow: 'Tumefunga leo na siku zinazofuata. Tafadhali jaribu tena siku nyingine.',
  closedNotReady: 'Duka bado halijafunguliwa. Tafadhali jaribu tena baadaye.',
  whenToday: 'leo saa *{time}*',
  whenTomorrow: 'kesho saa *{time}*',
  whenWeekday: '*{day}* saa *{time}*',
  whenDate: 'tarehe *{date}* saa *{time}*',
  timeSmallHours: '{clock} usiku',
  timeMorning: '{clock} asubuhi',
  timeAfternoon: '{clock} mchana',
  timeEvening: '{clock} jioni',
  timeNight: '{clock} usiku',
  daySunday: 'Jumapili',
  dayMonday: 'Jumatatu',
  dayTuesday: 'Jumanne',
  dayWednesday: 'Jumatano',
  dayThursday: 'Alhamisi',
  dayFriday: 'Ijumaa',
  daySaturday: 'Jumamosi',
  languageChanged: '🌐 Sasa tunazungumza Kiswahili.',
  sandboxMark: '🧪 Sandbox',
  testMark: '🧪 *JARIBIO*: hakuna pesa wala airtime halisi inayotumwa.',
  menuHint: 'Jibu *1* kununua airtime, *2* kufuatilia oda, *3* kupata msaada au *4* kwa Kiingereza.',
  closedHint: 'Jibu *2* kufuatilia oda, *3* kupata msaada au *4* kwa Kiingereza.',
  notUnderstood: '🤔 Samahani, sijaelewa.',
  youAreWelcome: '🙏 Karibu sana!',
  restarted: '🙏 Samahani, nimepoteza tulipofikia. Hujatozwa chochote. Tuanze upya.',
  weAreBack: `👋 *Tumerudi!* Ujumbe wako ulifika tukiwa hatupo, kwa hivyo hakuna kilichonunuliwa nao.`,
  apology: `🙏 Samahani, haikuwezekana kwa sasa. Hakuna oda iliyowekwa na hujatozwa chochote. Tafadhali jaribu tena baada ya dakika chache.`,

  // Buying
  wished: '👌 Airtime ya {amount}.',
  who: `🛒 *Airtime ni ya nani?*

1️⃣ Yangu{own}
2️⃣ Ya mtu mwingine

Jibu *1* au *2*.
0️⃣ Rudi`,
  whoHint: 'Jibu *1* kwa nambari yako au *2* kwa nambari ya mtu mwingine.',
  ownNumber: '📱 *Nambari yako ya simu ni gani?*\nIandike hivi: *0700 000 001*, au tuma contact.\n\n0️⃣ Rudi',
  otherNumber:
    '📱 *Airtime iende kwa nambari gani?*\nIandike hivi: *0700 000 001*, au tuma contact.\n\n0️⃣ Rudi',
  otherNumberKnown: `📱 *Airtime iende kwa nambari gani?*

{choices}

Jibu kwa nambari iliyo kwenye orodha, au andika nyingine, mfano *0700 000 001*.
0️⃣ Rudi`,
  numberHint: 'Andika nambari ya simu ya Kenya, mfano *0700 000 001*, au tuma contact.',
  numberWrong: `❌ Hiyo si nambari ya simu ya mkononi ya Kenya.
Andika tarakimu zote 10, mfano *0700 000 001* au *0110 000 001* (au +254 700 000 001).
0️⃣ Rudi`,
  numberIncomplete: `❌ Nambari hiyo ina tarakimu {digits}; nambari ya simu ya Kenya ina 10.
Iandike hivi: *0700 000 001*.
0️⃣ Rudi`,
  numberForeign: `❌ Naweza kutumia nambari za Kenya pekee: 07…, 01… au +254….
Andika moja, mfano *0700 000 001*.
0️⃣ Rudi`,
  contactEmpty:
    '❌ Sijaona nambari ya simu ya Kenya kwenye contact hiyo. Andika nambari, mfano *0700 000 001*.',
  contactSeveral: '📇 Contact hiyo ina nambari kadhaa.',
  contactUnasked: '📇 Asante kwa contact, lakini sihitaji nambari kwa sasa.',
  amount: `💰 *Airtime ya shilingi ngapi kwa {recipient}?*

{choices}Andika kiasi kuanzia *{min}* hadi *{max}*.
0️⃣ Rudi`,
  amountHint: 'Andika kiasi kwa shilingi, mfano *100*.',
  amountLetters: 'Jibu kwa herufi, au andika kiasi, mfano *100*.',
  amountNotNumber: `❌ Sijaelewa kiasi hicho. Andika shilingi kamili kwa tarakimu pekee, mfano *100*.`,
  amountFraction: `❌ Shilingi kamili pekee, bila senti. Mfano *100*.`,
  amountNegative: `❌ Kiasi hakiwezi kuwa chini ya sifuri. Andika bila alama ya kutoa, mfano *100*.`,
  amountTooLong: `❌ Hicho ni kiasi kikubwa mno. Andika kuanzia *{min}* hadi *{max}*, mfano *100*.`,
  amountIsPhone: `❌ Hiyo inaonekana kuwa nambari ya simu; airtime ni ya {recipient}. Andika kiasi, mfano *100*.
0️⃣ Rudi`,
  amountLow: `❌ Kiasi cha chini ni *{min}*. Andika kuanzia {min} hadi {max}.`,
  amountHigh: `❌ Kiasi cha juu kwa mara moja ni *{max}*. Andika kuanzia {min} hadi {max}.`,
  payer: `💳 *Nani analipa kwa M-Pesa?*

{choices}

Au andika nambari nyingine. Lazima iwe na M-Pesa; ndiyo itakayoombwa PIN.
0️⃣ Rudi`,
  payerChoice: '{number} Lipa kwa {phone}',
  payerUnknown: `💳 *Nambari gani inalipa kwa M-Pesa?*
Iandike hivi: *0700 000 001*. Lazima iwe na M-Pesa; ndiyo itakayoombwa PIN.

0️⃣ Rudi`,
  payerHint: 'Jibu *1* kulipa kwa {own}, au andika nambari nyingine, mfano *0700 000 001*.',

  // Confirming
  confirm: `🧾 *Tafadhali thibitisha*

📱 Airtime: *{amount}*
👤 Ya: *{recipient}*
💳 Anayelipa: *{payer}*
💵 Utalipa: *{price}*{notes}

1️⃣ Ndiyo, lipa sasa
2️⃣ Hapana, ghairi
3️⃣ Lipa kwa nambari nyingine
0️⃣ Rudi`,
  confirmDiscount: '\n🎁 Unaokoa {saved} ({percent}%)',
  confirmNetworkHint:
    '\n⚠️ Hii inaonekana kuwa nambari ya {network}. Tunaweza kutuma kwa Safaricom, Airtel na Telkom pekee.',
  confirmTest: '\n🧪 Ununuzi huu ni wa majaribio: hakuna pesa inayotozwa wala airtime inayotumwa.',
  confirmHint: `Jibu *1* kulipa {price} kwa airtime ya {amount} kwenda {recipient}, *2* kughairi, *3* kulipa kwa nambari nyingine, au *0* kurudi.`,
  confirmShortHint: 'Jibu *1* kulipa, *2* kughairi, *3* kulipa kwa nambari nyingine, au *0* kurudi.',
  confirmExpired: '⏰ Zaidi ya dakika 10 zimepita, kwa hivyo tafadhali angalia na uthibitishe tena.',
  confirmUnseen: '👀 Jibu lako lilifika kabla hujaona ujumbe huu. Tafadhali angalia na uthibitishe.',
  confirmPrice: '💵 *Bei imebadilika.* Tafadhali angalia na uthibitishe tena.',
  cancelled: '👌 Imeghairiwa. Hujatozwa chochote.',
  ordering: `📲 *Tunatuma ombi la M-Pesa kwa {payer}…*
Weka PIN kwenye simu hiyo kulipa *{price}*. Kisha airtime ya {amount} inaenda kwa {recipient}.

Nambari ya oda yako inakuja sasa hivi.`,
  orderingTest: `📲 Tunatuma ombi la majaribio la M-Pesa kwa {payer}.
Linaomba *{price}*; linajibiwa kwenye dashibodi. Nambari ya oda yako inakuja sasa hivi.`,

  // Why an order was not taken
  refusedOpenPrompt: `📲 {payer} tayari ina ombi la M-Pesa linalosubiri. Lijibu kwanza kwenye simu hiyo (weka PIN au ughairi).`,
  refusedOwnOpenPrompt: `📲 Oda *{orderNo}* bado inasubiri {payer}. Jibu ombi hilo la M-Pesa kwanza (weka PIN au ughairi).`,
  refusedPayerLimit: `✋ Maombi ya M-Pesa kwa {payer} ndani ya saa moja: {perHour}, na hatutumi zaidi. Jaribu tena baada ya *dakika {minutes}*, au lipa kwa nambari nyingine.`,
  refusedPayers: `✋ Leo chat hii imeomba nambari {perDay} tofauti zilipe, na haturuhusu zaidi. Lipa kwa mojawapo ya hizo, au jaribu tena kesho.`,
  refusedBannedPayer: `🚫 {payer} haiwezi kulipa hapa. Hujatozwa chochote. Chagua nambari nyingine ya kulipa.`,
  refusedSameAmount: `⏳ M-Pesa haikubali kiasi kilekile kutoka nambari ileile kwa haraka hivyo. Jaribu tena baada ya *dakika {minutes}*, au chagua kiasi kingine.`,
  refusedRecipient: `✋ {recipient} inaweza kupata airtime ya {perDay} kwa saa 24, na hii ingezidi. Chagua kiasi kidogo, au jaribu tena kesho.`,
  refusedShopLimit: `😔 Tumeuza yote tunayoweza kwa leo. Hujatozwa chochote. Tafadhali rudi kesho.`,
  refusedFloat: `😔 Kwa sasa hatuwezi kuuza {amount}. Hujatozwa chochote. Jaribu kiasi kidogo, au rudi baadaye kidogo.`,
  refusedNotOpen: `🔒 *{shop} bado haijafunguliwa.* Hujatozwa chochote. Tafadhali jaribu tena baadaye.`,
  refusedUnavailable: `🙏 Kwa sasa hatuwezi kupokea oda mpya. Hujatozwa chochote. Tafadhali jaribu tena baada ya dakika chache.`,
  refusedSummary: 'Airtime ya {amount} kwa {recipient}:',
  retryChoices: `1️⃣ Jaribu tena
2️⃣ Ghairi
3️⃣ Lipa kwa nambari nyingine
0️⃣ Rudi`,

  // Orders
  orders: `📦 *Oda zako za hivi karibuni*

{list}

Jibu kwa nambari iliyo kwenye orodha, au andika nambari ya oda.
0️⃣ Rudi`,
  ordersLine: '{number} {icon} {amount} → {recipient}\n      {orderNo} · {word}',
  ordersHint: 'Jibu kwa nambari iliyo kwenye orodha, au andika nambari ya oda.',
  ordersNone: `📦 Bado huna oda hapa.

1️⃣ Nunua airtime
3️⃣ Msaada
0️⃣ Menu`,
  ordersNoneClosed: `📦 Bado huna oda hapa.

3️⃣ Msaada
0️⃣ Menu`,
  openOrderLine: '{icon} Oda *{orderNo}* ({amount} → {recipient}): {word}',
  order: `📦 *Oda {orderNo}*
📱 {amount} → {recipient}
💳 {price} kutoka {payer}{receipt}

{status}`,
  orderReceipt: '\n🧾 Code ya M-Pesa {receipt}',
  orderFooter: '0️⃣ Rudi · *00* Menu',
  orderNotYours: `🔍 *Nambari hiyo ya oda haipo kati ya oda za chat hii.*
Tafadhali iangalie tena. Kama iliwekwa kwenye duka lingine au kwa simu nyingine, uliza katika chat hiyo.`,
  orderElsewhere: `🔍 Oda *{orderNo}* uliiweka kwa *{shop}*, ambalo ni duka lingine.
Tafadhali uliza katika chat ya duka hilo.`,
  retryOffer: `Jibu *1* kujaribu tena: {amount} → {recipient}, {price} kutoka {payer}. *00* kwa menu.`,
  retryFromOrder: '1️⃣ Jaribu tena',
  againFromOrder: '1️⃣ Nunua hii tena',
  complainFromOrder: '2️⃣ Nililipa lakini sikupata kitu',
  complaint: `🧾 *Code ya M-Pesa ya malipo ya oda {orderNo} ni ipi?*
Iko mwanzoni mwa SMS ya M-Pesa, mfano *SG722NMVXQ*. Unaweza kubandika SMS yote.

0️⃣ Rudi`,
  complaintHint: 'Andika code ya M-Pesa, mfano *SG722NMVXQ*, au *0* kurudi.',
  complaintNoCode: `❌ Sijaona code ya M-Pesa hapo. Ina herufi na tarakimu kumi, mfano *SG722NMVXQ*, mwanzoni mwa SMS ya M-Pesa.
0️⃣ Rudi`,
  complaintTaken: `🙏 Asante. Tunauliza M-Pesa tena, na mtu ataangalia oda *{orderNo}* kwa code yako *{receipt}*. Tutakujulisha hapa. Tafadhali usilipe tena.

0️⃣ Rudi · *00* Menu`,
  paymentNotSeen: `⏳ M-Pesa bado haijatuambia kuhusu malipo yako. Inaweza kuchukua dakika moja; tutakujulisha hapa mara moja. Tafadhali usilipe tena.`,
  paymentUnmatched: '🧾 Siwezi kulinganisha malipo hayo ya M-Pesa na oda yoyote hapa.',
  paymentUnmatchedChoose: 'Fungua hapa chini oda uliyolipia, kisha uchague *Nililipa lakini sikupata kitu*.',
  waitingFooter: 'Jibu *00* kwa menu.',
  waitingAgain: 'Jibu *tena* kununua kama hii tena, au *00* kwa menu.',
  wordOpen: 'inaendelea',
  wordAwaitingPin: 'inasubiri PIN',
  wordDelivered: 'imefika',
  wordSent: 'imetumwa',
  wordFailed: 'haijalipwa',
  wordCancelled: 'imeghairiwa',
  wordAttention: 'inaangaliwa',
  wordRefunded: 'pesa zimerudishwa',

  // Where an order stands
  statusRequesting: '⏳ Tunaiomba M-Pesa itume ombi kwa {payer}.',
  statusPrompted: '📲 Tunasubiri PIN ya M-Pesa kwenye {payer}. Una kama dakika moja tangu ombi lionekane.',
  statusUnknown: `🔎 M-Pesa haijatuambia kama ombi lilitumwa. Mtu anaangalia. Kama ulitozwa, hifadhi SMS ya M-Pesa. Tafadhali usilipe tena.`,
  statusExpired: `⌛ Hakuna malipo yaliyotufikia. Kama uliweka PIN, bado tutayaona na kutuma airtime. Ulitozwa? Tuma SMS ya M-Pesa hapa.`,
  statusExpiredUnwatched: '⌛ Hakuna malipo yaliyotufikia. Kama ulitozwa, tuma SMS ya M-Pesa hapa.',
  statusReview: '🔎 Mtu anaangalia malipo haya kabla airtime haijatumwa. Tafadhali usilipe tena.',
  statusQueued: '✅ Imelipwa. Airtime yako inakaribia kutumwa.',
  statusSubmitting: '✅ Imelipwa. Airtime yako inatumwa sasa hivi.',
  statusHeld:
    '✅ Imelipwa. Kutuma kumechelewa; airtime itaenda haraka iwezekanavyo. Huhitaji kufanya chochote.',
  statusSent: '🚀 Imetumwa: mtandao umeipokea airtime. Itafika hivi punde.',
  statusDelivered: '🎉 Imefika.',
  statusRejected:
    '⚠️ Imelipwa, lakini mtandao ulikataa airtime. Pesa zako ziko kwenye rekodi na mtu anaangalia.',
  statusDeliveryUnknown: `🔎 Imelipwa. Mtandao bado haujathibitisha airtime; mtu anaangalia. Pesa zako ziko kwenye rekodi.`,
  statusRefunded: '💸 Pesa zimerudishwa.',
  statusPaidTwice: '🔎 Huenda ililipwa mara mbili. Mtu anaangalia; ikiwa ndivyo, duka litarudisha {second}.',
  statusCancelled: '✖️ Imeghairiwa na duka. Hakuna airtime itakayotumwa na hakuna kilicholipwa.',
  statusCancelledPaid:
    '⚠️ Imeghairiwa na duka baada ya wewe kulipa. Malipo yako yako kwenye rekodi; duka litayamaliza nawe.',
  statusCancelledUnclear: `✖️ Imeghairiwa na duka; hakuna airtime itakayotumwa. Kama pesa zilitoka kwenye M-Pesa yako, liambie duka.`,

  // Why a payment was not made
  declinedCancelled: '✖️ Ombi la M-Pesa lilighairiwa. Hujatozwa chochote.',
  declinedWrongPin: '🔑 M-Pesa inasema PIN haikuwa sahihi. Hujatozwa chochote.',
  declinedNoFunds: '💸 Hakukuwa na pesa za kutosha kwenye M-Pesa. Hujatozwa chochote.',
  declinedNoAnswer: `📵 {payer} haikupatikana au haikujibu ombi. Hakuna malipo yaliyotufikia; kama uliweka PIN, usilipe tena: bado tutayaona na kutuma airtime.`,
  declinedNoAnswerUnwatched: `📵 {payer} haikupatikana au haikujibu ombi. Hakuna malipo yaliyotufikia. Kama ulitozwa, usilipe tena: tuma SMS ya M-Pesa hapa.`,
  declinedLimit: '✋ M-Pesa imekataa: {payer} imefikia kikomo. Hujatozwa chochote.',
  declinedBusy: `⏳ M-Pesa ilikuwa na shughuli nyingi, au {payer} ilikuwa na muamala mwingine. Hujatozwa chochote. Subiri dakika moja kabla ya kujaribu tena.`,
  declinedGateway: '😔 Ombi la M-Pesa halikuweza kutumwa. Hujatozwa chochote.',
  declinedOther: `✖️ M-Pesa haikukamilisha malipo; hakuna pesa zilizotufikia. Kama M-Pesa inasema ulitozwa, usilipe tena: bado tutayaona na kutuma airtime.`,
  declinedOtherUnwatched: `✖️ M-Pesa haikukamilisha malipo; hakuna pesa zilizotufikia. Kama ulitozwa, usilipe tena: tuma SMS ya M-Pesa hapa.`,

  // Help
  help: `❓ *Inavyofanya kazi*

• Jibu *1* kwenye menu na useme airtime ni ya nani.
• Andika kiasi na uangalie muhtasari.
• Jibu *1*: ombi la M-Pesa linafika kwenye simu inayolipa. Weka PIN.
• Airtime inafika hivi punde, na tunakujulisha hapa.

🔎 *Ulilipa lakini hujapata?* Usilipe tena. Jibu *2* kwenye menu na uchague oda yako: utaona ilipofikia, na unaweza kututumia code ya M-Pesa.{contact}

0️⃣ Menu`,
  helpContact: '\n\n☎️ Bado una shida? Wasiliana na {shop}: *{contact}*',

  // What is not text
  mediaImage: '🖼️ Siwezi kuona picha.',
  mediaVoice: '🎤 Siwezi kusikiliza ujumbe wa sauti.',
  mediaVideo: '🎬 Siwezi kutazama video.',
  mediaDocument: '📄 Siwezi kufungua hati.',
  mediaSticker: '😄 Nzuri! Lakini nasoma maandishi pekee.',
  mediaLocation: '📍 Sihitaji mahali ulipo.',
  mediaOther: '🤔 Naweza kusoma ujumbe wa maandishi pekee.',
  pleaseType: 'Tafadhali andika jibu lako.',
  emptyText: '🤔 Ujumbe huo haukuwa na kitu.',

  // What happens around the chat
  banned: '🚫 *Samahani, {shop} haiwezi kukuhudumia katika chat hii.*',
  bannedReason: 'Sababu: {reason}',
  edited: '✏️ Umebadilisha ujumbe wa awali. Nafuata ujumbe mpya pekee, kwa hivyo hakuna kilichobadilika.',
  deleted: '🗑️ Kufuta ujumbe hakughairi chochote.',
  flood: `✋ *Umetuma jumbe nyingi kwa mara moja.*
Napumzika kidogo. Tafadhali subiri dakika {minutes}, kisha tuma *menu*.`,
  loop: `🤖 *Ujumbe uleule unarudi tena na tena*, kwa hivyo nimeacha kujibu: huenda ni jibu la kiotomatiki.
Uko hapo? Tuma *menu*.`,

  // What the order desk tells later
  noticePrompted: `📲 *Oda {orderNo}*: ombi la M-Pesa liko kwenye {payer}. Weka PIN kulipa *{price}*.

Hulioni? Fungua simu hiyo na usubiri sekunde chache.`,
  noticeDeclined: '*Oda {orderNo}*\n{cause}',
  noticeExpired: `⌛ *Oda {orderNo}*: hakuna malipo yaliyotufikia kwa wakati.
Kama uliweka PIN, usilipe tena: bado tutayaona na kutuma airtime.`,
  noticePaymentUnknown: `🔎 *Oda {orderNo}*: hatujaweza kujua kutoka M-Pesa kama ombi lilitumwa.
Mtu ataangalia. Kama ulitozwa, hifadhi SMS ya M-Pesa; pesa zako hazijapotea. Tafadhali usiweke oda nyingine hadi tukujulishe hapa.`,
  noticeReview: `🔎 *Oda {orderNo}*: malipo yako yanahitaji kuangaliwa na mtu kabla airtime haijatumwa. Tafadhali usilipe tena; tutakujulisha hapa.`,
  noticePaid:
    '✅ *Oda {orderNo}*: tumepokea {price}, asante.{receipt}\nTunatuma airtime ya {amount} kwa {recipient}…',
  noticeSent: `🚀 *Oda {orderNo}*: mtandao umepokea airtime ya {amount} kwa {recipient}. Itafika hivi punde.

Tuma *tena* kununua kama hii tena, au *menu*.`,
  noticeDelivered: `🎉 *Oda {orderNo}*: airtime ya {amount} imefika kwa {recipient}. Asante!

Tuma *tena* kununua kama hii tena, au *menu*.`,
  noticeHeld: `⏳ *Oda {orderNo}*: malipo yako yako salama, lakini airtime imechelewa. Itaenda haraka iwezekanavyo na tutakujulisha hapa. Huhitaji kufanya chochote.`,
  noticeDeliveryProblem: `⚠️ *Oda {orderNo}*: ulilipa, lakini airtime ya {amount} kwa {recipient} haijathibitishwa. Malipo yako yako kwenye rekodi na mtu anaangalia. Tafadhali usilipe tena.`,
  noticeLatePaid: `✅ *Oda {orderNo}*: malipo yako ya {price} yamefika hatimaye.{receipt}
Tunatuma airtime ya {amount} kwa {recipient}…`,
  noticeLatePaidResolved: `🔎 *Oda {orderNo}*: malipo ya {price} yalifika baada ya oda hii kufungwa.{receipt}
Hakuna airtime itakayotumwa yenyewe sasa; mtu ataimaliza nawe.`,
  noticePaidTwice: `🔎 *Oda {orderNo}*: inaonekana malipo mengine ya {second} yameingia kwa oda hii.{receipt}
Mtu anaangalia. Kama ulilipa mara mbili, duka litarudisha moja na tutakujulisha hapa; tafadhali hifadhi SMS ya M-Pesa.`,
  noticePaidOnce: `👍 *Oda {orderNo}*: tumeangalia. Ililipwa mara moja; hakuna malipo ya pili ya kurudisha. Ukiona malipo mawili kwenye M-Pesa, liambie duka.`,
  noticeRefunded: `💸 *Oda {orderNo}*: duka linasema limerudisha {back} kwa M-Pesa, code {code}.
Angalia SMS za M-Pesa. Kama hazipo, liambie duka.`,
  noticeSecondRefunded: `💸 *Oda {orderNo}*: ulilipa mara mbili, na duka linasema limerudisha {back} kwa M-Pesa, code {code}.
Angalia SMS za M-Pesa. Kama hazipo, liambie duka.`,
  noticeCancelled: '✖️ *Oda {orderNo}*: {status}',
  noticeRetry: 'Jibu *1* kujaribu tena, au *00* kwa menu.',
  noticeMenu: 'Tuma *menu* kuanza tena.',
  noticeContact: '☎️ {shop}: {contact}',
};
