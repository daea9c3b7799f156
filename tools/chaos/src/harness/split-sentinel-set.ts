import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, FEW_LOST_WRITES, redisServerCommand, startProcess, type StartedProcess } from '@verbatim/testing';
import { askServer, untilFollowed, type ServerAddress } from './ask-server.ts';
import type { NetworkSite, TwoSites } from './two-sites.ts';

/** A master at site a; two replicas and three Sentinels at site b, so that b can go on without a. */
export interface SplitSentinelSet {
  /** `redis+sentinel://…`, the same for both sites. */
  readonly url: string;
  /** Waits until both other servers follow the master, whichever it is. */
  untilFollowed(): Promise<void>;
  /** Makes the server at site a the master, again if need be, and waits until the others follow it. */
  leadFromA(): Promise<void>;
  isLedFromA(): Promise<boolean>;
  stop(): Promise<void>;
}

const MASTER_NAME = 'main';
const QUORUM = 2;
const REPLICAS = 2;

/** The namespaces are ours alone: no port is taken. */
const FIRST_PORT = 6379;
const REPLICA_PORTS = [6380, 6381];
const SENTINEL_PORTS = [26_379, 26_380, 26_381];

/** Silence after which a Sentinel thinks that a server is down. */
const DOWN_AFTER_MS = 1000;

/** A failover that does not come to an end is tried again after twice this. */
const FAILOVER_TIMEOUT_MS = 3000;

/** Sentinels find each other by messages that they send every two seconds; they refuse a failover while another is not quite over. */
const AGREED_WITHIN_MS = 30_000;
const ASK_EVERY_MS = 250;

/** The lower, the sooner promoted: a failover on command goes to site a, one of a cut cannot. */
const PRIORITY_AT_A = 1;
const PRIORITY_AT_B = 100;

/** Starts the set and waits until its Sentinels know all of it. @throws Error with a server's output when it does not start */
export async function startSplitSentinelSet({ a, b }: TwoSites): Promise<SplitSentinelSet> {
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-split-'));
  const processes: StartedProcess[] = [];
  const stop = async () => {
    await Promise.all(processes.map((process) => process.kill()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const replicaOf = ['--replicaof', a.peerAddress, String(FIRST_PORT)];
    processes.push(await startServer(a, FIRST_PORT, [...dataArgs(a, PRIORITY_AT_A), ...filesOf(folder, FIRST_PORT)]));
    for (const port of REPLICA_PORTS)
      processes.push(
        await startServer(b, port, [...dataArgs(b, PRIORITY_AT_B), ...replicaOf, ...filesOf(folder, port)]),
      );
    await untilFollowed(() => Promise.resolve({ host: a.outsideAddress, port: FIRST_PORT }), REPLICAS);
    for (const port of SENTINEL_PORTS) processes.push(await startSentinel(a, b, { port, folder }));
    const sentinels = SENTINEL_PORTS.map((port) => ({ host: b.outsideAddress, port }));
    await eventually(() => knowAll(sentinels), { timeoutMs: AGREED_WITHIN_MS, everyMs: ASK_EVERY_MS });
    return { ...createSet({ a, b }, sentinels), stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

function createSet(
  { a, b }: Pick<TwoSites, 'a' | 'b'>,
  sentinels: readonly ServerAddress[],
): Omit<SplitSentinelSet, 'stop'> {
  const [sentinel = { host: b.outsideAddress, port: 0 }] = sentinels;
  const master = async (): Promise<ServerAddress> => {
    const answer = await askServer(sentinel, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER_NAME);
    const [host, port] = Array.isArray(answer) ? answer.map(String) : [];
    const site = host === a.peerAddress ? a : b;
    return { host: site.outsideAddress, port: Number(port) };
  };
  const isLedFromA = async () => (await master()).host === a.outsideAddress;
  const untilSetFollowed = () => untilFollowed(master, REPLICAS);
  return {
    url: `redis+sentinel://${sentinels.map(({ port }) => `${b.peerAddress}:${port}`).join(',')}/${MASTER_NAME}`,
    untilFollowed: untilSetFollowed,
    isLedFromA,
    async leadFromA() {
      const lead = async () => {
        if (await isLedFromA()) return;
        await askServer(sentinel, 'SENTINEL', 'FAILOVER', MASTER_NAME);
        throw new Error('The Sentinels were asked to make the server at site a the master, and have not done it.');
      };
      await eventually(lead, { timeoutMs: AGREED_WITHIN_MS, everyMs: ASK_EVERY_MS });
      await untilSetFollowed();
    },
  };
}

/** What the other site is told is the address on the link between the sites; the other one is for our questions. */
function dataArgs({ peerAddress }: NetworkSite, priority: number): readonly string[] {
  return [
    ...['--save', '', '--replica-announce-ip', peerAddress, '--replica-priority', String(priority)],
    ...['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1', ...FEW_LOST_WRITES],
  ];
}

/** Servers that share a folder must not write the same file when they are filled. */
function filesOf(folder: string, port: number): readonly string[] {
  return ['--dir', folder, '--dbfilename', `${port}.rdb`];
}

async function startSentinel(a: NetworkSite, b: NetworkSite, own: { readonly port: number; readonly folder: string }) {
  const configFile = join(own.folder, `${own.port}.conf`);
  const lines = [
    `sentinel monitor ${MASTER_NAME} ${a.peerAddress} ${FIRST_PORT} ${QUORUM}`,
    `sentinel down-after-milliseconds ${MASTER_NAME} ${DOWN_AFTER_MS}`,
    `sentinel failover-timeout ${MASTER_NAME} ${FAILOVER_TIMEOUT_MS}`,
    `sentinel announce-ip ${b.peerAddress}`,
  ];
  await writeFile(configFile, `${lines.join('\n')}\n`);
  return startServer(b, own.port, ['--sentinel', '--dir', own.folder], configFile);
}

function startServer(site: NetworkSite, port: number, args: readonly string[], ...files: readonly string[]) {
  const [command = '', ...prefix] = site.commandPrefix;
  const listening = ['--port', String(port), '--bind', site.peerAddress, site.outsideAddress, '--protected-mode', 'no'];
  return startProcess({
    ...{ name: `the Redis at port ${port} of ${site.namespace}`, command },
    args: [...prefix, redisServerCommand(), ...files, ...listening, ...args],
    isReady: (line) => /Ready to accept connections|Sentinel ID is/.test(line),
  });
}

/** A Sentinel that knows no replica would promote none, and one that knows no other Sentinel would find no majority. */
async function knowAll(sentinels: readonly ServerAddress[]): Promise<void> {
  for (const sentinel of sentinels) {
    const answer = await askServer(sentinel, 'SENTINEL', 'MASTER', MASTER_NAME);
    const fields = Array.isArray(answer) ? answer.map(String) : [];
    const valueOf = (name: string) => Number(fields[fields.indexOf(name) + 1]);
    const [replicas, others] = [valueOf('num-slaves'), valueOf('num-other-sentinels')];
    if (replicas !== REPLICAS || others !== sentinels.length - 1)
      throw new Error(
        `The Sentinel at port ${sentinel.port} knows ${replicas} replicas and ${others} other Sentinels.`,
      );
  }
}
