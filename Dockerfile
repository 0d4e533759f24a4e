# One image for every service; docker-compose.yml says which one a container runs.
# The base is any Debian-like image with Node.js >= 20.19. Without a registry: scripts/build-base.sh, then
# `BASE_IMAGE=kubelab/base docker compose up --build`.
ARG BASE_IMAGE=node:22-bookworm-slim
FROM ${BASE_IMAGE}

# `ip` gives pods and Services their addresses on the node's interfaces (--network interface).
RUN command -v ip >/dev/null || (apt-get update && apt-get install -y --no-install-recommends iproute2 && rm -rf /var/lib/apt/lists/*)

WORKDIR /kubelab
# Dependencies first, so that a change of the sources does not install them again.
COPY package.json package-lock.json .npmrc ./
COPY packages/world/package.json packages/world/
COPY packages/telemetry/package.json packages/telemetry/
COPY packages/wire/package.json packages/wire/
COPY packages/store/package.json packages/store/
COPY packages/pki/package.json packages/pki/
COPY packages/api/package.json packages/api/
COPY packages/client/package.json packages/client/
COPY packages/component/package.json packages/component/
COPY services/etcd-raft/package.json services/etcd-raft/
COPY services/apiserver/package.json services/apiserver/
COPY services/controller-manager/package.json services/controller-manager/
COPY services/scheduler/package.json services/scheduler/
COPY services/kubelet/package.json services/kubelet/
COPY services/kube-proxy/package.json services/kube-proxy/
COPY cli/package.json cli/
COPY sim/package.json sim/
COPY bench/package.json bench/
COPY e2e/package.json e2e/
COPY scripts scripts
RUN node scripts/install.mjs
COPY . .
RUN node scripts/build.mjs
ENTRYPOINT ["node", "--enable-source-maps"]
