import { storeContract } from '../contract/contract.ts';
import { openMemoryStore } from './memory-store.ts';

storeContract('memory', { open: async ({ clock }) => openMemoryStore({ clock }) });
