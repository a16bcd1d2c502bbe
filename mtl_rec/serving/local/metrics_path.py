"""Where Prometheus finds the metrics, on the local server and on a real one."""

METRICS_PATH = "/monitoring/prometheus/metrics"
