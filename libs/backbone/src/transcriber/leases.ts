import type { BackboneParts } from '../connection/backbone-connections.ts';
import type { TranscriberSide } from '../faces.ts';
import { releaseScript } from '../scripts/release.ts';
import { renewScript } from '../scripts/renew.ts';
import { runScript } from '../scripts/script.ts';
import { sessionKeys } from '../session-keys.ts';
import { groupByShard } from '../shard-groups.ts';
import { publishCommand } from '../text/subscriber.ts';

/** The part of the transcriber's face that holds sessions and lets them go. */
export function createLeases(
  { commands, keys, settings }: BackboneParts,
  nodeId: string,
): Pick<TranscriberSide, 'renewLeases' | 'release'> {
  return {
    renewLeases: (held) =>
      commands.run(async (client) => {
        const calls = groupByShard(held, ({ sessionId }) => sessionId).map(([shard, group]) =>
          runScript(client, renewScript, {
            keys: { open: keys.open(shard), expiry: keys.expiry(shard) },
            args: { nodeId, leaseMs: settings.leaseMs },
            moreKeys: group.map(({ sessionId }) => ({ session: keys.session(sessionId) })),
            moreArgs: group.map(({ sessionId, fence }) => ({ sessionId, fence })),
          }),
        );
        return (await Promise.all(calls)).flat();
      }),
    release: (sessionId, fence, why) =>
      commands.run(async (client) => {
        await runScript(client, releaseScript, {
          keys: sessionKeys(keys, sessionId),
          args: { sessionId, nodeId, fence, failed: why === 'failed' ? 1 : 0, publish: publishCommand(commands) },
        });
      }),
  };
}
