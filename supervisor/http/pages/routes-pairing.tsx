import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { type PairingModel, PairingPanel } from '../../../web/components/qr-panel.tsx';
import { requirePhone } from '../api/schemas.ts';
import type { Services } from '../types.ts';
import { readAddress, readAs } from '../validation-issue.ts';
import { sendFragment, staffName } from './page.ts';

const paramsSchema = z.object({ clientId: z.string() });
const bodySchema = z.object({ phone: z.string().max(40).catch('') }).catch({ phone: '' });

/** `POST /clients/:clientId/pairing-code`: the panel again, with a code to type on the phone or why there is none. */
export function registerPairing(app: FastifyInstance, services: Services): void {
  app.post('/clients/:clientId/pairing-code', { config: { role: 'owner' } }, async (request, reply) => {
    const { clientId } = readAddress(paramsSchema, request.params);
    const { phone } = readAs(bodySchema, request.body);
    const show = (answer: Pick<PairingModel, 'code' | 'problem'>) =>
      sendFragment(reply, <PairingPanel model={{ clientId, phone, ...answer }} />, {
        refused: answer.code === undefined,
      });
    try {
      const number = requirePhone(phone, 'phone');
      return show({ code: await services.clients.pairingCode(clientId, number, staffName(request)) });
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'not-found') throw error;
      return show({ problem: error.message });
    }
  });
}
