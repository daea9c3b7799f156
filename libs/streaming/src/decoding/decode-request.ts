import { PAD_HEAD_SAMPLES, PAD_TAIL_SAMPLES } from '../policy-constants.ts';
import type { InFlight, PolicyState, PolicyStep } from '../policy-state.ts';

const PADDED = { padHeadSamples: PAD_HEAD_SAMPLES, padTailSamples: PAD_TAIL_SAMPLES };
const BARE = { padHeadSamples: 0, padTailSamples: 0 };

/** Asks for a decode. It takes the place of the one in flight, whose late answer is then one to an unknown request. */
export function requestDecode(
  state: PolicyState,
  { isPadded = true, ...request }: Omit<InFlight, 'requestId'> & { readonly isPadded?: boolean },
): PolicyStep {
  const requestId = state.nextRequestId;
  const { kind, fromSample, toSample } = request;
  const padding = isPadded ? PADDED : BARE;
  return {
    state: { ...state, inFlight: { ...request, requestId }, nextRequestId: requestId + 1 },
    effects: [{ type: 'decode', requestId, kind, fromSample, toSample, ...padding }],
  };
}
