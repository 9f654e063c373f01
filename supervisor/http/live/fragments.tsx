import type { JSX } from 'preact';
import { render } from 'preact-render-to-string';
import { AlertsRegion } from '../../../web/components/alert-list.tsx';
import { ChatLog, QuickReplies } from '../../../web/components/chat.tsx';
import { OrderActionsRegion } from '../../../web/components/order-actions.tsx';
import { QrRegion } from '../../../web/components/qr-panel.tsx';
import { PhoneStatus, SimToolkit } from '../../../web/components/sim-toolkit.tsx';
import {
  ClientOrdersRegion,
  ClientSalesRegion,
  ConnectRegion,
  LogRegion,
  MemoryRegion,
  MissingKeysRegion,
  RestartsRegion,
  StateRegion,
} from '../../../web/pages/client.tsx';
import { ClientList } from '../../../web/pages/clients.tsx';
import { OrderFacts, OrderStateRegion, OrderTimelineRegion } from '../../../web/pages/order.tsx';
import { OrderResults } from '../../../web/pages/orders.tsx';
import {
  AttentionRegion,
  ClientsRegion,
  FloatRegion,
  LatestRegion,
  MoneyTiles,
  SalesRegion,
  TryRegion,
} from '../../../web/pages/overview.tsx';
import { BehindRegion, ChatPresence } from '../../../web/pages/phone.tsx';
import { SystemRegion } from '../../../web/pages/system.tsx';
import type { Models } from '../pages/models.ts';
import type { Region } from './picture.ts';
import type { Room } from './rooms.ts';

function region(id: string, content: JSX.Element): Region {
  return { id, html: render(content) };
}

/** Everything a room's page shows that can change. */
export async function roomRegions(models: Models, room: Room): Promise<readonly Region[]> {
  switch (room.kind) {
    case 'overview': {
      const model = await models.overview();
      return [
        region('money', <MoneyTiles model={model} />),
        region('alerts', <AlertsRegion model={model.alerts} />),
        region('try', <TryRegion model={model} />),
        region('attention', <AttentionRegion model={model} />),
        region('sales', <SalesRegion model={model} />),
        region('float', <FloatRegion model={model} />),
        region('clients', <ClientsRegion model={model} />),
        region('latest', <LatestRegion model={model} />),
      ];
    }
    case 'system':
      return [region('system', <SystemRegion model={await models.system()} />)];
    case 'clients':
      return [region('client-list', <ClientList model={models.clients(room.filter)} />)];
    case 'client': {
      const model = await models.client(room.clientId);
      return [
        region('alerts', <AlertsRegion model={model.alerts} />),
        region('state', <StateRegion model={model} />),
        ...(model.client.mode === 'sandbox'
          ? []
          : [region('connect', <ConnectRegion client={model.client} />)]),
        region('missing-keys', <MissingKeysRegion model={model} />),
        region('client-orders', <ClientOrdersRegion model={model} />),
        region('client-sales', <ClientSalesRegion model={model} />),
        region('memory', <MemoryRegion model={model} />),
        region('restarts', <RestartsRegion model={model} />),
      ];
    }
    case 'log':
      return [region('log', <LogRegion model={models.clientLog(room.clientId)} />)];
    case 'qr':
      return [region('qr', <QrRegion model={models.qr(room.clientId)} />)];
    case 'orders':
      return [region('orders', <OrderResults model={models.orders(room.query)} />)];
    case 'order': {
      const model = await models.order(room.orderNo, room.viewer);
      return [
        region('order-state', <OrderStateRegion model={model} />),
        region('order-actions', <OrderActionsRegion model={model} />),
        region('order-facts', <OrderFacts model={model} />),
        region('order-timeline', <OrderTimelineRegion model={model} />),
      ];
    }
    case 'phone': {
      const model = await models.phone(room.clientId, room.phone);
      return [
        region('phone-status', <PhoneStatus model={model} />),
        region('chat-who', <ChatPresence model={model} />),
        region('chat-log', <ChatLog model={model} />),
        region('quick-replies', <QuickReplies model={model} />),
        region('sim-toolkit', <SimToolkit model={model} />),
        region('behind-order', <BehindRegion model={model} />),
      ];
    }
  }
}
