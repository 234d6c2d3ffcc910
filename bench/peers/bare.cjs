// The floor: what Node itself costs. An empty server that answers everything with 200.
const { createServer } = require('node:http');

createServer((_request, response) => response.end('{}')).listen(Number(process.env.PORT));
