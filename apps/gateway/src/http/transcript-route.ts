import {
  parseTranscriptQuery,
  toPlainText,
  toSrt,
  toWebVtt,
  type SessionView,
  type TranscriptFormat,
} from '@verbatim/protocol';
import type { RequestHandler } from 'express';
import { readView, type ReadSide } from './session-route.ts';

interface Rendering {
  readonly contentType: string;
  readonly render: (view: SessionView) => string;
}

const RENDERINGS: Readonly<Record<TranscriptFormat, Rendering>> = {
  json: { contentType: 'application/json; charset=utf-8', render: (view) => JSON.stringify(view) },
  text: { contentType: 'text/plain; charset=utf-8', render: ({ segments }) => toPlainText(segments) },
  srt: { contentType: 'application/x-subrip; charset=utf-8', render: ({ segments }) => toSrt(segments) },
  vtt: { contentType: 'text/vtt; charset=utf-8', render: ({ segments }) => toWebVtt(segments) },
};

/** `GET /stt/sessions/:id/transcript`: what is final so far, as data, as text or as subtitles. */
export function createTranscriptRoute(backbone: ReadSide): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { format } = parseTranscriptQuery(queryOf(request.url));
    const { contentType, render } = RENDERINGS[format];
    const view = await readView(backbone, request.params.id);
    // What was said is nobody else's to keep.
    response.setHeader('cache-control', 'no-store');
    response.setHeader('content-type', contentType);
    response.send(render(view));
  };
}

function queryOf(url: string): URLSearchParams {
  return new URLSearchParams(url.replace(/^[^?]*/, ''));
}
