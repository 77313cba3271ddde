# syntax=docker/dockerfile:1

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Nothing that compiling needs has to run a script of its own.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY migrations migrations
COPY scripts scripts
COPY src src
RUN ./node_modules/.bin/tsc -p tsconfig.build.json

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    QUITTANCE_DATA_DIR=/var/lib/quittance \
    PORT=4000
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Without the optional packages: they are PostgreSQL for machines that have none, and here DATABASE_URL names one.
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force
COPY --from=build /app/dist dist
COPY LICENSE ./
RUN install -d -o node -g node -m 700 "$QUITTANCE_DATA_DIR"

USER node
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1, so that SIGTERM reaches it; it stops within ten seconds.
STOPSIGNAL SIGTERM
CMD ["node", "--enable-source-maps", "dist/src/main.js"]
