// must fail: @nx/enforce-module-boundaries
import type { Recognizer } from '@verbatim/recognizers';

export type Reached = Recognizer;
