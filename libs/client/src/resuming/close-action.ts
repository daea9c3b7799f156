/** What a close asks for: `network` is a connection that broke without a word. */
export type CloseAction = 'done' | 'stop' | 'back_off' | 'reconnect' | 'network';

const NORMAL_CLOSE = 1000;

/** What ws itself closes with when a client breaks the rules of WebSocket, and 1010: the same client would break them again. */
const RULES_BROKEN = [1002, 1003, 1007, 1008, 1009, 1010];

/** Hundreds of a close code → what its range asks for. */
const ACTIONS_BY_RANGE: Readonly<Record<number, CloseAction>> = { 40: 'stop', 41: 'back_off', 42: 'reconnect' };

/** Reads a close code: its range alone tells. Whatever is unknown is taken for a broken connection. */
export function actionOfClose(code: number): CloseAction {
  if (code === NORMAL_CLOSE) return 'done';
  if (RULES_BROKEN.includes(code)) return 'stop';
  return ACTIONS_BY_RANGE[Math.floor(code / 100)] ?? 'network';
}
