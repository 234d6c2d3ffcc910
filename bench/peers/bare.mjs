// The floor: what Node itself costs. An empty server that answers everything with 200.
import { createServer } from 'node:http';

createServer((_request, response) => response.end('{}')).listen(Number(process.env.PORT));
