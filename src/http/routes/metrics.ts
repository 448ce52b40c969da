// `GET /metrics`: the metrics in the text format of Prometheus.

import type { FastifyInstance } from 'fastify';

export type RenderMetrics = () => Promise<{ readonly contentType: string; readonly body: string }>;

export function registerMetrics(app: FastifyInstance, render: RenderMetrics): void {
  app.get('/metrics', async (_request, reply) => {
    const { contentType, body } = await render();
    return reply.header('content-type', contentType).send(body);
  });
}
