"""Batching and monitoring, in the server's own text format."""

BATCHING = """\
# Rows of several requests in one batch (--enable_batching, --batching_parameters_file).
# Generated, and written anew with every publish.
#
# Off unless you set these flags, for the sake of `rank`. Batches are made for each
# signature, but the switch is for all of them, and it joins requests along their first
# dimension alone. Two requests of `rank` with 300 and with 500 candidates do not fit:
# - with pad_variable_length_inputs: false, BOTH fail with FAILED_PRECONDITION ("Tensors
#   ... from different tasks have different shapes and padding is turned off");
# - with pad_variable_length_inputs: true, the first is filled up to 500 and answered
#   with 200 candidates that nobody asked for, which `order` ranks among the others.
# So do one of these:
# - leave batching off: a request of `rank` is a batch of its candidates already;
# - fill every request of `rank` to one number of candidates in the client, and leave
#   out what it filled in;
# - send `rank` to servers without batching, and other signatures to those with it.
# The lists of `excluding`, of a version that retrieves, do not fit either: fill
# `excluded_items` with "", which excludes nothing, to one length in the client.
# serving_default, tf_example, classify and regress_* have rows of one shape: nothing to
# pad.

# Rows of the largest request; one with more is refused with INVALID_ARGUMENT.
max_batch_size { value: 8192 }
# A large request is cut into batches of at most so many rows.
enable_large_batch_splitting { value: true }
max_execution_batch_size { value: 1024 }
# Microseconds to wait for more rows when a thread is free. 0 adds no latency; on a GPU
# try 1000 to 2000.
batch_timeout_micros { value: 0 }
# The number of cores; on a GPU 2 or more, so that one is always ready.
num_batch_threads { value: 4 }
# Batches that wait; beyond it requests fail with UNAVAILABLE, and a client tries again.
max_enqueued_batches { value: 100 }
# Read above before you change this.
pad_variable_length_inputs: false
"""

MONITORING = """\
# Metrics for Prometheus (--monitoring_config_file), at the REST port:
# :tensorflow:serving:request_count, request_latency, runtime_latency and
# model_warmup_latency. Generated, and written anew with every publish.
prometheus_config {
  enable: true
  path: "/monitoring/prometheus/metrics"
}
"""
