import { callNative, type Device, native } from '../native.js';

/** The devices this build of llama.cpp sees, the CPU among them. */
export function listDevices(): Device[] {
  return callNative(() => native().devices());
}
