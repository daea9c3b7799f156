import { openHousehold } from '../run/household.mjs';

// Starts two children, the second of which ignores SIGTERM, says who and where they are, and waits.
const household = openHousehold();
const run = (script) => household.start({ command: process.execPath, args: ['-e', script], env: process.env });
const obedient = run('setInterval(() => {}, 1000)');
const stubborn = run('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)');
process.stdout.write(`${JSON.stringify({ folder: household.folder, pids: [obedient.pid, stubborn.pid] })}\n`);
process.stdin.on('end', async () => {
  household.kill();
  await household.close();
  process.stdout.write('closed\n');
  process.exit();
});
process.stdin.resume();
