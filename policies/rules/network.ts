import type { ResourceRule } from "../rule";

export const httpsForced: ResourceRule = {
  name: "https-forced",
  title: "HTTPS forced",
  demands: "A public app sends plain http:// on to https://.",
  limit: "forceHttps: true on every service that speaks HTTP",
  why: "Without it Fly's proxy answers plain HTTP on port 80, with sessions and tokens readable on the way.",
  source: 'monitoring runbook, "Health Check Configuration" (force_https = true)',
  url: "https://fly.io/docs/reference/configuration/#the-http_service-section",
  mend: [
    "// a service of kind http",
    "forceHttps: true,",
    "// a service with ports of its own",
    'ports: [{ port: 80, handlers: ["http"], forceHttps: true }, { port: 443, handlers: ["tls", "http"] }],',
  ].join("\n"),
  severity: "high",
  judge: {
    flyApp: (app) =>
      app.services
        .filter(({ forceHttps }) => app.public && !forceHttps)
        .map(({ field, forceHttps }) => ({
          origin: app,
          field: `${field}.forceHttps`,
          value: forceHttps,
          limit: "true on a public app",
          mend: "write forceHttps: true (in a service with ports: on the port with the handler http)",
        })),
  },
};
