import { shardOf } from '@verbatim/protocol';
import type { BackboneParts } from '../connection/backbone-connections.ts';
import type { TranscriberSide } from '../faces.ts';
import { releaseScript } from '../scripts/release.ts';
import { renewScript } from '../scripts/renew.ts';
import { runScript } from '../scripts/script.ts';
import { groupByShard } from '../shard-groups.ts';
import { publishCommand } from '../text/subscriber.ts';

/** The part of the transcriber's face that holds sessions and lets them go. */
export function createLeases({
  commands,
  keys,
  settings,
}: BackboneParts): Pick<TranscriberSide, 'renewLeases' | 'release'> {
  return {
    renewLeases: (held) =>
      commands.run(async (client) => {
        const calls = groupByShard(held, ({ sessionId }) => sessionId).map(([shard, group]) =>
          runScript(client, renewScript, {
            keys: { open: keys.open(shard) },
            args: { leaseMs: settings.leaseMs },
            moreKeys: group.map(({ sessionId }) => ({ session: keys.session(sessionId) })),
            moreArgs: group.map(({ sessionId, fence }) => ({ sessionId, fence })),
          }),
        );
        return (await Promise.all(calls)).flat();
      }),
    release: (sessionId, fence) =>
      commands.run(async (client) => {
        const shard = shardOf(sessionId);
        await runScript(client, releaseScript, {
          keys: { session: keys.session(sessionId), open: keys.open(shard), work: keys.work(shard) },
          args: { sessionId, fence, publish: publishCommand(commands) },
        });
      }),
  };
}
