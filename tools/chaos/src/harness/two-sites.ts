import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

/** One end of a network that can be cut: a namespace of its own. */
export interface NetworkSite {
  readonly namespace: string;
  /** Goes before a command that is to run there; the process id stays the same. */
  readonly commandPrefix: readonly string[];
  /** Where this process and its clients reach it, cut or not. */
  readonly outsideAddress: string;
  /** Where the other site reaches it. */
  readonly peerAddress: string;
}

/** Two sites with a link between them, and a link from each to us. */
export interface TwoSites {
  readonly a: NetworkSite;
  readonly b: NetworkSite;
  /** From now on what one site sends to the other vanishes without a word, as behind a switch that died. */
  cut(): Promise<void>;
  heal(): Promise<void>;
  /** Takes down everything; links and addresses go with their namespaces. */
  remove(): Promise<void>;
}

const run = promisify(execFile);

const NAME_PATTERN = /^verbatim-(\d+)-[ab]$/;

/** Devices are named within their namespace, except our own ends, which carry our process id. */
const OUTSIDE_DEVICE = 'outside';
const PEER_DEVICE = 'peer';

/** Locally administered, so that no device has it. */
const NOBODYS_MAC = '02:00:00:00:00:01';

/** 10.64.0.0 to 10.191.255.255, of which the process id chooses: the lower ones are more often somebody's. */
const LEAST_OCTET = 64;
const OCTETS = 256;
const NETS = 128 * OCTETS;

/** From one try to the next, far enough to leave a net of sixteen bits. */
const NET_STRIDE = 257;
const NET_TRIES = 20;

/** Says why there can be no sites here; `undefined` when there can. */
export async function whyNoSites(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const name = nameOf('a');
  try {
    await removeLeftovers();
    await ip('netns', 'add', name);
    await ip('netns', 'del', name);
    return undefined;
  } catch (cause) {
    return `no network namespace can be made: ${(cause as Error).message.trim()}`;
  }
}

/** Makes two sites under names and in a net that nobody else uses. One pair at a time in a process. @throws Error of `ip` */
export async function openTwoSites(): Promise<TwoSites> {
  const net = await freeNet();
  const a = siteOf('a', { outsideAddress: `${net}.2`, peerAddress: `${net}.9` });
  const b = siteOf('b', { outsideAddress: `${net}.6`, peerAddress: `${net}.10` });
  const remove = async () => void (await Promise.all([a, b].map(({ namespace }) => removeNamespace(namespace))));
  try {
    for (const { namespace } of [a, b]) {
      await ip('netns', 'add', namespace);
      await ip('-n', namespace, 'link', 'set', 'lo', 'up');
    }
    await linkToUs(a, `${net}.1`, `vb${process.pid}a`);
    await linkToUs(b, `${net}.5`, `vb${process.pid}b`);
    await linkSites(a, b);
  } catch (cause) {
    await remove();
    throw cause;
  }
  return {
    ...{ a, b, remove },
    cut: () => onBothSides(a, b, lead),
    heal: () => onBothSides(a, b, mend),
  };
}

function nameOf(side: 'a' | 'b'): string {
  return `verbatim-${process.pid}-${side}`;
}

function siteOf(side: 'a' | 'b', addresses: Pick<NetworkSite, 'outsideAddress' | 'peerAddress'>): NetworkSite {
  const namespace = nameOf(side);
  return { namespace, commandPrefix: ['ip', 'netns', 'exec', namespace], ...addresses };
}

async function linkToUs(
  { namespace, outsideAddress }: NetworkSite,
  ourAddress: string,
  ourDevice: string,
): Promise<void> {
  await ip('link', 'add', ourDevice, 'type', 'veth', 'peer', 'name', OUTSIDE_DEVICE, 'netns', namespace);
  await ip('addr', 'add', `${ourAddress}/30`, 'dev', ourDevice);
  await ip('link', 'set', ourDevice, 'up');
  await address(namespace, OUTSIDE_DEVICE, outsideAddress);
}

async function linkSites(a: NetworkSite, b: NetworkSite): Promise<void> {
  await ip(
    '-n',
    a.namespace,
    'link',
    'add',
    PEER_DEVICE,
    'type',
    'veth',
    'peer',
    'name',
    PEER_DEVICE,
    'netns',
    b.namespace,
  );
  for (const { namespace, peerAddress } of [a, b]) await address(namespace, PEER_DEVICE, peerAddress);
}

async function address(namespace: string, device: string, at: string): Promise<void> {
  await ip('-n', namespace, 'addr', 'add', `${at}/30`, 'dev', device);
  await ip('-n', namespace, 'link', 'set', device, 'up');
}

type Change = (from: NetworkSite, to: NetworkSite) => Promise<void>;

async function onBothSides(a: NetworkSite, b: NetworkSite, change: Change): Promise<void> {
  await Promise.all([change(a, b), change(b, a)]);
}

/**
 * Sends what is for the other site to nobody. A link set down would do more than a partition does: it takes a site's own address from
 * the site itself, and every new connection would be told at once that there is no way.
 */
async function lead({ namespace }: NetworkSite, { peerAddress }: NetworkSite): Promise<void> {
  const entry = [peerAddress, 'lladdr', NOBODYS_MAC, 'dev', PEER_DEVICE, 'nud', 'permanent'];
  await ip('-n', namespace, 'neigh', 'replace', ...entry);
}

/** Forgets the wrong way; the right one is asked for with the next packet. */
async function mend({ namespace }: NetworkSite, { peerAddress }: NetworkSite): Promise<void> {
  await ip('-n', namespace, 'neigh', 'del', peerAddress, 'dev', PEER_DEVICE);
}

/** First three octets of a net that no route covers but the default one. */
async function freeNet(): Promise<string> {
  for (let attempt = 0; attempt < NET_TRIES; attempt += 1) {
    const number = (process.pid + attempt * NET_STRIDE) % NETS;
    const net = `10.${LEAST_OCTET + Math.floor(number / OCTETS)}.${number % OCTETS}`;
    const routes = await ip('-4', 'route', 'show', 'match', `${net}.1`);
    if (routes.split('\n').every((route) => route === '' || route.startsWith('default'))) return net;
  }
  throw new Error(`Of ${NET_TRIES} nets in 10.0.0.0/8 none is free.`);
}

/** A run that was killed could not clean up; its process id is in the names. */
async function removeLeftovers(): Promise<void> {
  for (const line of (await ip('netns', 'list')).split('\n')) {
    const [name = ''] = line.split(' ');
    const pid = NAME_PATTERN.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) await ip('netns', 'del', name);
  }
}

/** One that is not there is as good as removed. */
async function removeNamespace(namespace: string): Promise<void> {
  const isThere = (await ip('netns', 'list')).split('\n').some((line) => line.split(' ')[0] === namespace);
  if (isThere) await ip('netns', 'del', namespace);
}

async function ip(...words: readonly string[]): Promise<string> {
  const { stdout } = await run('ip', [...words]);
  return stdout;
}
