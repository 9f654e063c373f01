# syntax=docker/dockerfile:1
# The product with a browser for WhatsApp, run by a user without rights. docs/deployment.md tells how to use it.
ARG NODE_IMAGE=node:24-trixie-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .puppeteerrc.cjs ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build \
 && npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM ${NODE_IMAGE}
# `chromium` alone also works, and is the fall-back when WhatsApp does not take the small one: --build-arg BROWSERS=chromium
ARG BROWSERS="chromium-headless-shell"
RUN apt-get update \
 && apt-get install --yes --no-install-recommends tini ca-certificates fonts-dejavu-core ${BROWSERS} \
 && rm -rf /var/lib/apt/lists/* \
 # The compiler for graphics cards, 200 MB: the headless shell draws nothing here (--disable-gpu). Not tried with full Chromium.
 && if [ "${BROWSERS}" = chromium-headless-shell ]; then \
      rm -f /usr/lib/*/libLLVM*.so* /usr/lib/*/libgallium*.so /usr/lib/*/libz3.so*; fi
WORKDIR /app
# A folder in the volume, not the volume itself: backups stand beside it, and a restored one can take its place.
ENV NODE_ENV=production DATA_DIR=/data/bots PORT=3000
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
RUN install --directory --owner=node --group=node --mode=0700 /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Reaps what a killed browser leaves, and passes signals on.
ENTRYPOINT ["tini", "--"]
CMD ["node", "dist/supervisor/main.js"]
