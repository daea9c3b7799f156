import { openHousehold } from '../run/household.mjs';

// Starts two children, the second of which ignores SIGTERM, says who and where they are once both run, and waits.
const household = openHousehold();
const STAY = 'setInterval(() => {}, 1000); console.log("up")';

function run(script) {
  return new Promise((resolve) => {
    const args = ['-e', script];
    const child = household.start({ command: process.execPath, args, env: process.env, onLine: () => resolve(child) });
  });
}

const obedient = await run(STAY);
const stubborn = await run(`process.on("SIGTERM", () => {}); ${STAY}`);
process.stdout.write(`${JSON.stringify({ folder: household.folder, pids: [obedient.pid, stubborn.pid] })}\n`);
process.stdin.on('end', async () => {
  household.kill();
  await household.close();
  process.exit();
});
process.stdin.resume();
