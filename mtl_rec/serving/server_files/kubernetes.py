"""A Kubernetes manifest: a Deployment and its Service, on CPU or on a GPU."""

import math

from mtl_rec.serving.server_files.compose import IMAGE
from mtl_rec.serving.server_files.flags import GRPC_PORT, REST_PORT, server_flags
from mtl_rec.serving.server_files.places import STABLE, model_path, resource_name
from mtl_rec.serving.server_files.yaml_text import flag_items

_GIB = 2**30

_TEXT = """\
# Generated, and written anew with every publish; copy it to change it.
#   kubectl apply -f {file}
# The claim {claim} holds the versions, and server/ beside them. Mount it where
# you run `mtl-rec publish` as well (ReadWriteMany); servers only read it.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {label}
  labels: {{app: {label}}}
spec:
  replicas: 2
  selector:
    matchLabels: {{app: {label}}}
  template:
    metadata:
      labels: {{app: {label}}}
      annotations:
        prometheus.io/scrape: "true"
        prometheus.io/port: "{rest}"
        prometheus.io/path: /monitoring/prometheus/metrics
    spec:
      containers:
        - name: serving
          image: {image}
          command: [tensorflow_model_server]
          args:
{flags}
          ports:
            - {{name: grpc, containerPort: {grpc}}}
            - {{name: rest, containerPort: {rest}}}
          # The ports open once any version is loaded and warm. Requests come once the
          # one that users get is: apply this file again after you removed all labels.
          startupProbe:
            httpGet: {{path: {started_path}, port: rest}}
            periodSeconds: 5
            failureThreshold: 60
          readinessProbe:
            httpGet: {{path: /v1/models/{name}, port: rest}}
            periodSeconds: 5
          livenessProbe:
            tcpSocket: {{port: grpc}}
            periodSeconds: 10
          lifecycle:
            # No new requests come once the Service has noticed that this pod ends.
            preStop: {{exec: {{command: [sleep, "5"]}}}}
          resources:
            # Three times the largest version, for stable, canary and the one that takes
            # the place of either; the server counts 1.2 times its files.
            requests: {{cpu: "2", memory: {memory}Gi}}
            limits: {{memory: {memory}Gi{gpu_limit}}}
          volumeMounts:
            - {{name: models, mountPath: {path}, readOnly: true}}
{environment}      volumes:
        - name: models
          persistentVolumeClaim: {{claimName: {claim}, readOnly: true}}
---
apiVersion: v1
kind: Service
metadata:
  name: {label}
  labels: {{app: {label}}}
spec:
  # A gRPC client keeps one connection, and so one pod. `clusterIP: None` with
  # `round_robin` in the client, or a proxy that knows gRPC, spreads its requests.
  selector: {{app: {label}}}
  ports:
    - {{name: grpc, port: {grpc}, targetPort: grpc}}
    - {{name: rest, port: {rest}, targetPort: rest}}
"""
_GPU_ENVIRONMENT = """\
          env:
            # Takes GPU memory as it is needed. While versions change, two are in it.
            - {name: TF_FORCE_GPU_ALLOW_GROWTH, value: "true"}
"""


def kubernetes_file(
    name: str, version_bytes: int, *, gpu: bool, has_labels: bool
) -> str:
    """The text of `kubernetes.yaml` or `kubernetes-gpu.yaml`.

    Args:
        name: Of the model.
        version_bytes: Size of the largest version, for the memory that is asked for.
        gpu: Whether to run on a GPU.
        has_labels: Whether versions have labels, and one of them is stable.
    """
    # A version's status tells that it is known, its metadata that it is loaded.
    served = f"/labels/{STABLE}" if has_labels else ""
    resource = resource_name(name)
    label = f"{resource}-gpu" if gpu else resource
    return _TEXT.format(
        file="kubernetes-gpu.yaml" if gpu else "kubernetes.yaml",
        name=name,
        label=label,
        claim=f"{resource}-models",
        image=f"{IMAGE}-gpu" if gpu else IMAGE,
        path=model_path(name),
        started_path=f"/v1/models/{name}{served}/metadata",
        grpc=GRPC_PORT,
        rest=REST_PORT,
        memory=1 + math.ceil(3 * 1.2 * version_bytes / _GIB),
        gpu_limit=", nvidia.com/gpu: 1" if gpu else "",
        environment=_GPU_ENVIRONMENT if gpu else "",
        flags=flag_items(server_flags(name), indent=12),
    )
