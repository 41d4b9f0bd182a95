// OpenTelemetry: a span for each request, with what happened to its bytes; and the numbers of `stats()` as metrics.
// Run it: npm run check:integrations
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { MockWebSocketServer } from 'hpx-transport-ws/testing';

/** A request in a span. The span also has the transitions of the connection that happened meanwhile. */
export async function tracedRequest(client, tracer, payload, options) {
  const span = tracer.startSpan(`request ${payload.op}`, { kind: SpanKind.CLIENT });
  const stop = client.trace((entry) => {
    if (entry.type === 'transition') span.addEvent(`${entry.from} → ${entry.to}`, { event: entry.event }, entry.time);
  });
  const call = client.request(payload, options);
  try {
    return await call;
  } catch (error) {
    // The code of the error is stable; its message has no secret.
    span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    span.setAttribute('error.type', error.code ?? error.name);
    throw error;
  } finally {
    span.setAttributes({ 'request.id': String(call.requestId), 'request.delivery': call.delivery });
    stop();
    span.end();
  }
}

/** The numbers of a client as observable metrics: they are read when the reader collects. */
export function meterClient(client, meter) {
  for (const stat of ['received', 'sent', 'parsed', 'dropped', 'reconnects']) {
    meter.createObservableCounter(`ws.${stat}`).addCallback((result) => result.observe(client.stats()[stat]));
  }
  for (const stat of ['pendingRequests', 'waitingCalls', 'subscriptions']) {
    meter.createObservableGauge(`ws.${stat}`).addCallback((result) => result.observe(client.stats()[stat]));
  }
}

// In memory, so that this program can print them. Yours has the exporters of OTLP here.
const spans = new InMemorySpanExporter();
const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).getTracer('prices');
const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 60_000 });
const meters = new MeterProvider({ readers: [reader] });

const server = await MockWebSocketServer.start();
server.respondTo('"order"', []); // never answered
const client = new WebSocketClient({ url: server.url, reconnectInitialDelay: 10 }, new GenericJsonHandler());
meterClient(client, meters.getMeter('prices'));
await client.connect();
await tracedRequest(client, tracer, { op: 'balance' });
const lost = tracedRequest(client, tracer, { op: 'order' }).catch(() => {});
server.dropAll();
await lost;
await new Promise((resolve) => client.once('reconnected', resolve));
await reader.forceFlush();
await client.close();
await server.close();
await meters.shutdown();

for (const { name, attributes, events, status } of spans.getFinishedSpans()) {
  console.log(JSON.stringify({ name, attributes, events: events.map((event) => event.name), status }));
}
for (const { scopeMetrics } of metrics.getMetrics()) {
  for (const { descriptor, dataPoints } of scopeMetrics.flatMap((scope) => scope.metrics)) {
    console.log(`${descriptor.name} ${dataPoints.map(({ value }) => value).join(' ')}`);
  }
}
