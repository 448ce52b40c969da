import { stopRunServers } from './run-servers.ts';

export default stopRunServers;
