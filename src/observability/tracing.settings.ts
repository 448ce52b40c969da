// The settings of traces. The names are those of OpenTelemetry, whose SDK reads further ones, such as
// OTEL_EXPORTER_OTLP_HEADERS, itself.

import { decimal, isUrl, text } from '../config/env.ts';

export const tracingSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: text
    .refine((value) => isUrl(value, 'http:', 'https:'), 'must be http://… or https://…')
    .optional(),
  OTEL_SERVICE_NAME: text.default('yanzheng'),
  OTEL_TRACES_SAMPLER_ARG: decimal(0, 1).default(1),
};
