/**
 * Waits for calls to several shards and gives what those answered that did, `undefined` for the others: on a cluster one master may be
 * away while the rest serve, and their sessions must not wait for it. Who asks again in a moment gets the rest then.
 * @throws the first error when none answered
 */
export async function whatAnswered<Answer>(
  calls: readonly Promise<Answer>[],
): Promise<readonly (Answer | undefined)[]> {
  const settled = await Promise.allSettled(calls);
  const [first] = settled;
  if (first?.status === 'rejected' && settled.every(({ status }) => status === 'rejected')) throw first.reason;
  return settled.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
}
