// nginx serving one static file the quickest way it has: sendfile, an open file cache, no log, as many workers as cores.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { cache, freePort, serveSilent } from '../lib.mjs';

const config = (folder, port) => `
daemon off; worker_processes ${os.cpus().length}; pid ${folder}/pid; error_log ${folder}/error.log warn;
${process.getuid() === 0 ? 'user root;' : ''}
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
  open_file_cache max=100; open_file_cache_valid 1h;
  default_type application/vnd.mapbox-vector-tile;
  client_body_temp_path ${folder}/t1; proxy_temp_path ${folder}/t2; fastcgi_temp_path ${folder}/t3;
  uwsgi_temp_path ${folder}/t4; scgi_temp_path ${folder}/t5;
  server { listen 127.0.0.1:${port}; root ${folder}/files; location / { add_header Content-Encoding gzip; } }
}
`;

/// Serves the bytes of a file under /body.
export async function serveBytes(file) {
  const folder = `${cache}/nginx`, port = await freePort();
  mkdirSync(`${folder}/files`, { recursive: true });
  copyFileSync(file, `${folder}/files/body`);
  writeFileSync(`${folder}/nginx.conf`, config(folder, port));
  return serveSilent('/usr/sbin/nginx', ['-c', `${folder}/nginx.conf`, '-e', `${folder}/error.log`], port);
}
