/** `--qps` and `--burst-limit`: requests wait for a token when more come than the user wants to send. */
import { sleep, type Transport } from '@kindred/client';
import type { Clock } from '@kindred/machinery';
import type { Settings } from '../settings.ts';

/** Without --qps nothing is held back: servers have limits of their own and say so. */
export function limitRequests(transport: Transport, { qps, burstLimit }: Settings, clock: Clock): Transport {
  if (qps <= 0 || burstLimit <= 0) return transport;
  let tokens = burstLimit;
  let counted = clock.now();
  const take = (): number => {
    const now = clock.now();
    tokens = Math.min(burstLimit, tokens + ((now - counted) / 1000) * qps) - 1;
    counted = now;
    return tokens >= 0 ? 0 : (-tokens / qps) * 1000;
  };
  return {
    request: async (request) => {
      const delay = take();
      if (delay > 0) await sleep(clock, delay, request.signal);
      return transport.request(request);
    },
    close: () => transport.close(),
  };
}
