// One HTTP request of a provider and its response, on the connections of a pool.

import type { Dispatcher } from 'undici';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

export interface HttpResponse {
  readonly httpStatus: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * Collects the events of undici itself, which is cheaper than its response stream, and shows when a request starts. Undici
 * starts a request only on an established connection: a host that is unknown, untrusted or does not answer, and a wait for a
 * free connection, all fail before that.
 */
export class HttpExchange {
  /** Whether the first byte may have been written. Until then the provider cannot have received anything. */
  isStarted = false;
  private controller: Dispatcher.DispatchController | undefined;
  private abortedBy: Error | undefined;

  /** Sends the request, once. Rejects if there is no complete response. */
  run(dispatcher: Dispatcher, options: Dispatcher.DispatchOptions): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let httpStatus = 0;
      let headers: Headers = {};
      dispatcher.dispatch(options, {
        onRequestStart: (controller) => {
          this.controller = controller;
          if (this.abortedBy) controller.abort(this.abortedBy);
          else this.isStarted = true;
        },
        // Called again after an informational response.
        onResponseStart(_controller, status, responseHeaders) {
          httpStatus = status;
          headers = responseHeaders;
        },
        onResponseData(_controller, chunk) {
          chunks.push(chunk);
        },
        onResponseEnd() {
          resolve({ httpStatus, headers, text: decode(chunks) });
        },
        onResponseError: (_controller, error) => reject(error),
      });
    });
  }

  /** Ends the request. If it has not started, it never will. */
  abort(reason: Error): void {
    this.abortedBy = reason;
    this.controller?.abort(reason);
  }
}

const utf8 = new TextDecoder();

function decode(chunks: readonly Buffer[]): string {
  return utf8.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
}
