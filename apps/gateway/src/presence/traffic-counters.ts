/** What this process adds to the fleet's roll-ups. Plain fields: the hot path adds to them without a look-up. */
export class TrafficCounters {
  sessionsOpened = 0;
  sessionsResumed = 0;
  /** Audio that Redis holds. Units: samples per channel at 16 kHz. */
  receivedSamples = 0;

  /** Hands over what came together since the last time, under the names of the roll-ups; nothing that is zero. */
  take(): Readonly<Record<string, number>> {
    const counted = {
      sessions_opened: this.sessionsOpened,
      sessions_resumed: this.sessionsResumed,
      audio_samples_received: this.receivedSamples,
    };
    this.sessionsOpened = 0;
    this.sessionsResumed = 0;
    this.receivedSamples = 0;
    return Object.fromEntries(Object.entries(counted).filter(([, value]) => value !== 0));
  }

  /** Takes back what could not be stored: it goes with the next beat. */
  giveBack(counted: Readonly<Record<string, number>>): void {
    this.sessionsOpened += counted['sessions_opened'] ?? 0;
    this.sessionsResumed += counted['sessions_resumed'] ?? 0;
    this.receivedSamples += counted['audio_samples_received'] ?? 0;
  }
}
