import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { EndpointSlice } from '@kindred/apis/discovery/v1';
import type { Observed } from '@kindred/machinery';
import { metadata } from '../testing/objects.ts';
import { type MirroredSlice, mirroredSlices, planMirror } from './mirror.ts';

const labels = { 'kubernetes.io/service-name': 'web' };

function made(slice: MirroredSlice): Observed<EndpointSlice> {
  const { addressType, endpoints, ports } = slice;
  const kind = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' } as const;
  return { ...kind, metadata: metadata('web-x', { labels }), addressType, endpoints, ports };
}

it('makes a slice of each subset and address family', () => {
  const slices = mirroredSlices([
    {
      addresses: [{ ip: '192.0.2.1', hostname: 'a' }, { ip: '2001:db8::1' }],
      notReadyAddresses: [{ ip: '192.0.2.2' }],
      ports: [{ port: 80 }],
    },
    { ports: [{ port: 81 }] },
  ]);
  const ports = [{ name: '', port: 80, protocol: 'TCP' }];
  assert.deepEqual(slices, [
    {
      addressType: 'IPv4',
      ports,
      endpoints: [
        { addresses: ['192.0.2.1'], conditions: { ready: true }, hostname: 'a' },
        { addresses: ['192.0.2.2'], conditions: { ready: false } },
      ],
    },
    { addressType: 'IPv6', ports, endpoints: [{ addresses: ['2001:db8::1'], conditions: { ready: true } }] },
  ]);
});

it('keeps what is right, changes what is not, removes the rest', () => {
  const [one, two] = [80, 81].map((port) => mirroredSlices([{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port }] }]));
  const [moved] = mirroredSlices([{ addresses: [{ ip: '192.0.2.9' }], ports: [{ port: 80 }] }]);
  assert.ok(one?.[0] && two?.[0] && moved);
  const there = made(one[0]);
  assert.deepEqual(planMirror(one, [there], labels), { create: [], update: [], remove: [] });
  assert.deepEqual(planMirror(two, [there], labels), { create: two, update: [], remove: [there] });
  const { update } = planMirror([moved], [there], labels);
  assert.deepEqual(update, [{ ...there, endpoints: moved.endpoints }]);
});
