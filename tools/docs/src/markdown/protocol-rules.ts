/** What no schema can say: the rules between the messages. */
export const PROTOCOL_RULES = `### Rules

- A **final** has a \`seq\` of its own, one more than the last durable message of the session; it is stored, and never changed or
  taken back. An **interim** repeats the \`seq\` of the last durable message, has a growing \`revision\`, is delivered at most once
  and may be left out. \`stable_chars\` is the length of the prefix on which hypotheses agree; only the final may still correct it.
- Times are positions in the audio the client sent, in milliseconds, continuous over reconnects and takeovers.
- \`timestamp\` is ISO-8601 in \`transcription\` and seconds since 1970 in \`error\`.
- \`confidence\` is 0 to 1, or \`null\` where the recogniser gives none. It is never invented.
- \`finalize\` and \`end\` without any audio before them answer too: an empty final.
- A text frame has at most 16 KiB, an \`audio\` text frame 128 KiB.

### Resume

Keep 30 s of audio beyond the last \`ack\`. After a break, connect to any replica with \`session_id\`, \`resume_token\` and \`last_seq\`.
The server answers \`session_resumed\` with **its own** position, \`audio_bytes\`: send the audio from there, even if an earlier \`ack\`
said more. Stored messages after \`last_seq\` follow in order, then live ones: nothing missing, nothing twice. A \`resume_token\` is for
one use: \`session_resumed\` brings the next. The last connection wins; the older one is closed with 4011. What cannot be
resumed is said: 4014.

### Watching and forgetting

\`GET /stt/sessions/{session_id}/events\` is the same text for any number of observers, as server-sent events: named after the \`type\` of the
message, with its JSON as data. Durable messages have their \`seq\` as id, and \`Last-Event-ID\` goes on behind it; interims have none and may be
left out. After \`session_ended\` the stream ends, and who has read it all gets 204. \`DELETE /stt/sessions/{session_id}\` forgets the session, whoever
is connected: its client and its observers get \`session_ended\` with the reason \`deleted\` and an empty text; afterwards every answer is 404.
`;
