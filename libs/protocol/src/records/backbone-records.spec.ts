import { expect, it } from '@jest/globals';
import { nodeRecordSchema } from './backbone-records.ts';

it('reads the record of a process that does not measure its load yet as one that has room', () => {
  const older = {
    ...{ role: 'transcriber', version: '0.1.0', started_at_ms: 0, sessions: 3, capacity: 16, draining: false },
    providers: [{ name: 'local', languages: ['en'], status: 'ok' }],
  };
  expect(nodeRecordSchema.parse(older)).toEqual({ ...older, load: 0 });
});
