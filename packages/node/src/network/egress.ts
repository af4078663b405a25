/**
 * The way out of the pod network to other machines: forwarding and address translation by nftables or iptables, whichever
 * the machine has. Without either, pods reach this machine only, and that is said.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import type { Logger } from '@kindred/machinery';
import { runCommand } from '../platform/run-command.ts';
import { type Cidr, formatCidr } from './cidr.ts';

const forwarding = '/proc/sys/net/ipv4/ip_forward';

/** Gives the limitations that remain: none, or one sentence. */
export async function enableEgress(podCidr: Cidr, log: Logger): Promise<string[]> {
  const range = formatCidr(podCidr);
  if ((await translateWithNftables(range)) || (await translateWithIptables(range))) {
    try {
      if (readFileSync(forwarding, 'utf8').trim() !== '1') writeFileSync(forwarding, '1');
      return [];
    } catch (error) {
      log.error('Forwarding could not be enabled', error);
    }
  }
  return [
    'Pods reach this machine and its services, but other machines only through the proxy that git-sync gets: more needs nftables or iptables, and neither is usable here.',
  ];
}

async function translateWithNftables(range: string): Promise<boolean> {
  // Adding what is there already changes nothing; flushing the table first keeps one rule however often agents start.
  const table = `kindred_${range.replace(/\D/g, '_')}`;
  const rules = [
    `add table ip ${table}`,
    `flush table ip ${table}`,
    `add chain ip ${table} postrouting { type nat hook postrouting priority 100 ; }`,
    `add rule ip ${table} postrouting ip saddr ${range} ip daddr != ${range} masquerade`,
  ];
  const done = await runCommand('nft', ['-f', '-'], { input: `${rules.join('\n')}\n` });
  return done.code === 0;
}

async function translateWithIptables(range: string): Promise<boolean> {
  const rule = ['POSTROUTING', '-s', range, '!', '-d', range, '-j', 'MASQUERADE'];
  const there = await runCommand('iptables', ['-t', 'nat', '-C', ...rule]);
  if (there.code === 0) return true;
  const added = await runCommand('iptables', ['-t', 'nat', '-A', ...rule]);
  return added.code === 0;
}
