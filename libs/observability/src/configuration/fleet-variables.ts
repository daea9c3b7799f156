/**
 * Every `STT_*` variable that some process of the fleet reads. One environment file serves all processes alike:
 * a process accepts the variables of the others and reads only its own; a name in neither list is a slip and is refused.
 * `npm run docs` checks this list against the apps' schemas.
 */
export const FLEET_VARIABLES: readonly string[] = [
  'STT_CAPACITY',
  'STT_DECODE_CONCURRENCY',
  'STT_DRAIN_DELAY_MS',
  'STT_DRAIN_MS',
  'STT_IDLE_TIMEOUT_MS',
  'STT_JOBS_PORT',
  'STT_JOBS_STUCK_MS',
  'STT_KEY_PREFIX',
  'STT_LEASE_MS',
  'STT_LOCAL_MODEL',
  'STT_LOG_LEVEL',
  'STT_MAX_CONNECTIONS',
  'STT_POLL_MS',
  'STT_PROVIDERS',
  'STT_REAP_MS',
  'STT_RESUME_WINDOW_MS',
  'STT_RETENTION_MS',
  'STT_SHARDS',
  'STT_TICK_MS',
  'STT_VAD_MODEL',
];
