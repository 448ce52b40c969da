#!/bin/sh
# Creates the secrets of compose.yaml and a .env with the settings that are no secrets. It never overwrites a file.
set -eu
cd "$(dirname "$0")"

# Only this user enters the directory. The files can be read by every user, because the service has another user id.
umask 022
mkdir -p secrets
chmod 700 secrets

create() {
  if [ -s "secrets/$1" ]; then
    cat >/dev/null
    echo "secrets/$1 exists, and stays as it is"
  else
    cat >"secrets/$1"
    echo "secrets/$1 created"
  fi
}

random() { openssl rand -hex 24; }

random | create postgres_password
random | create redis_password
random | create grafana_password
random | create code_secret
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 | create token_private_key
printf 'postgres://yanzheng:%s@postgres:5432/yanzheng\n' "$(cat secrets/postgres_password)" | create database_url
printf 'redis://:%s@valkey:6379\n' "$(cat secrets/redis_password)" | create redis_url
printf 'replace this line with the AUTH TOKEN of the console\n' | create provider_secret

if [ -e .env ]; then
  echo '.env exists, and stays as it is'
else
  cat >.env <<'EOF'
# The image of the service. See docs/deployment.md for how to build it.
YANZHENG_IMAGE=yanzheng:latest
COMPOSE_PROJECT_NAME=yanzheng
# Settings of the service that are no secrets. All of them: docs/configuration.md
SMS_PER_DAY=500
SMS_PROVIDER=yuntongxun
YUNTONGXUN_ACCOUNT_SID=
YUNTONGXUN_APP_ID=
YUNTONGXUN_TEMPLATE_ID=1
# The host name of the service. With one, Caddy gets a certificate: also set PUBLISH=443:443.
SITE=:8080
PUBLISH=127.0.0.1:8080:8080
EOF
  echo '.env created: enter the account of your SMS provider there, and its secret in secrets/provider_secret'
fi
