import {
  startFaultProxy,
  startRedis,
  type FaultProxy,
  type PrivateRedis,
  type PrivateRedisOptions,
  type StartedProcess,
} from '@verbatim/testing';
import { startApp, type AppName, type StartedApp } from './app-process.ts';

type Environment = Readonly<Record<string, string>>;

/** Goes before the command of a process and keeps its process id; for example `ip netns exec NAME`. */
type CommandPrefix = readonly string[];

export interface FleetOptions {
  readonly gateways: number;
  readonly transcribers: number;
  /** Processes of `apps/jobs`. Default none. */
  readonly jobs?: number;
  /** Value of `STT_PROVIDERS`, for example `ledger` or `local`. */
  readonly providers: string;
  /** Further environment of every process. */
  readonly env?: Environment;
  /** Append-only file on, so that a killed Redis comes back with its data. Default false. */
  readonly isRedisDurable?: boolean;
  /** Further arguments of the Redis server. */
  readonly redisArgs?: PrivateRedisOptions['args'];
  /** Addresses of a Redis that somebody else keeps, Sentinel or Cluster; beside it the private one stands idle. */
  readonly redisUrl?: string;
  /** Every process reaches the private Redis through a fault proxy of its own. Default false. */
  readonly withFaultProxies?: boolean;
}

export interface FleetGateway {
  readonly process: StartedProcess;
  /** `http://<host>:<port>`; the host is 127.0.0.1 unless its environment says another `HOST`. */
  readonly url: string;
}

/** Real processes over a private Redis: what a deployment is, on one machine. The lists hold what runs, oldest first. */
export interface Fleet {
  readonly redis: PrivateRedis;
  readonly gateways: readonly FleetGateway[];
  readonly transcribers: readonly StartedProcess[];
  readonly jobs: readonly StartedProcess[];
  startGateway(env?: Environment, prefix?: CommandPrefix): Promise<FleetGateway>;
  startTranscriber(env?: Environment, prefix?: CommandPrefix): Promise<StartedProcess>;
  startJobs(env?: Environment): Promise<StartedProcess>;
  /**
   * The proxy between a process and Redis.
   * @throws Error when the fleet was started without proxies.
   */
  proxyOf(process: StartedProcess): FaultProxy;
  /** Stops every process that is still there, then the proxies and Redis. One that does not stop is killed. */
  stop(): Promise<void>;
}

/** Starts the built apps (`npx nx run-many -t build` first) and resolves when all of them are ready. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { isRedisDurable = false, redisArgs = [] } = options;
  const redis = await startRedis({ appendOnly: isRedisDurable, args: redisArgs });
  const fleet = createFleet(options, redis);
  try {
    // Transcribers first: a gateway refuses sessions while nobody can serve them.
    for (let count = 0; count < options.transcribers; count += 1) await fleet.startTranscriber();
    for (let count = 0; count < options.gateways; count += 1) await fleet.startGateway();
    for (let count = 0; count < (options.jobs ?? 0); count += 1) await fleet.startJobs();
    return fleet;
  } catch (failure) {
    await fleet.stop();
    throw failure;
  }
}

function createFleet(options: FleetOptions, redis: PrivateRedis): Fleet {
  const gateways: FleetGateway[] = [];
  const transcribers: StartedProcess[] = [];
  const jobs: StartedProcess[] = [];
  const { launch, proxyOf, stopProxies } = createLauncher(options, redis);
  return {
    ...{ redis, gateways, transcribers, jobs, proxyOf },
    async startGateway(env = {}, prefix = []) {
      const { HOST = '127.0.0.1', ...others } = env;
      const { process, ready } = await launch('gateway', { HOST, PORT: '0', ...others }, prefix);
      return keep(gateways, { process, url: `http://${HOST}:${ready['port'] as number}` }, process);
    },
    async startTranscriber(env = {}, prefix = []) {
      const { process } = await launch('transcriber', env, prefix);
      return keep(transcribers, process, process);
    },
    async startJobs(env = {}) {
      const { process } = await launch('jobs', { STT_JOBS_PORT: '0', ...env });
      return keep(jobs, process, process);
    },
    async stop() {
      const processes = [...gateways.map((gateway) => gateway.process), ...transcribers, ...jobs];
      await Promise.all(processes.map((process) => process.stop()));
      await stopProxies();
      await redis.stop();
    },
  };
}

/** Adds to a list of what runs, and takes it out again when its process has ended. */
function keep<Entry>(list: Entry[], entry: Entry, process: StartedProcess): Entry {
  list.push(entry);
  void process.exited.then(() => list.splice(list.indexOf(entry), 1));
  return entry;
}

function createLauncher(options: FleetOptions, redis: PrivateRedis) {
  const proxies = new Map<StartedProcess, FaultProxy>();
  const openProxy = () => (options.withFaultProxies ? startFaultProxy({ targetPort: redis.port }) : undefined);

  const launch = async (name: AppName, own: Environment, prefix: CommandPrefix = []): Promise<StartedApp> => {
    const proxy = await openProxy();
    const redisUrl = proxy === undefined ? (options.redisUrl ?? redis.url) : `redis://127.0.0.1:${proxy.port}`;
    try {
      const env = { REDIS_URL: redisUrl, STT_PROVIDERS: options.providers, ...options.env, ...own };
      const app = await startApp(name, { env, commandPrefix: prefix });
      if (proxy === undefined) return app;
      proxies.set(app.process, proxy);
      void app.process.exited.then(() => proxy.stop());
      return app;
    } catch (failure) {
      await proxy?.stop();
      throw failure;
    }
  };
  const proxyOf = (process: StartedProcess): FaultProxy => {
    const proxy = proxies.get(process);
    if (proxy === undefined) throw new Error('This fleet has no fault proxies: start it with withFaultProxies.');
    return proxy;
  };
  const stopProxies = async () => void (await Promise.all([...proxies.values()].map((proxy) => proxy.stop())));
  return { launch, proxyOf, stopProxies };
}
