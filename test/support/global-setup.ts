import { startRunServers } from './run-servers.ts';

export default startRunServers;
