import { closeSpareServers } from '../start-server';

afterAll(closeSpareServers);
