import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { listSupportedBackends } from 'onnxruntime-node';
import type { Device } from './types.ts';

/** A device that `--device` names, and why it cannot be had here as far as a look at the machine tells (null = it may). */
export interface DeviceOffer {
  device: Device;
  lacks: string | null;
}

/** Order in which `auto` tries, by platform: the maker's own interface first, then the one for all, then the CPU. */
const AUTO: Partial<Record<NodeJS.Platform, readonly Device[]>> = {
  linux: ['cuda', 'webgpu', 'cpu'],
  darwin: ['coreml', 'webgpu', 'cpu'],
  win32: ['dml', 'webgpu', 'cpu'],
};

/** PCI vendors of graphics processors that compute (Linux): NVIDIA, AMD, Intel, Apple, Arm, Qualcomm. */
const VENDORS = ['0x10de', '0x1002', '0x8086', '0x106b', '0x13b5', '0x5143'];

/** Devices in the order of `auto`, each with what it lacks. Nothing is loaded or opened for that. */
export function offeredDevices(platform: NodeJS.Platform = process.platform): DeviceOffer[] {
  const known = listSupportedBackends().map(({ name }) => name);
  return (AUTO[platform] ?? ['cpu']).map((device) => ({
    device,
    lacks: known.includes(device) ? whatLacks(device, platform) : `this platform has ${known.join(', ')}`,
  }));
}

function whatLacks(device: Device, platform: NodeJS.Platform): string | null {
  if (platform !== 'linux') return null;
  if (device === 'cuda') {
    if (!existsSync(join(runtimeFolder(), 'libonnxruntime_providers_cuda.so')))
      return 'its library is not installed (README, GPU)';
    return hasNvidia() ? null : 'no NVIDIA processor';
  }
  if (device === 'webgpu') return hasNvidia() || hasRenderNode() ? null : 'no graphics processor';
  return null;
}

/** The device files of NVIDIA's driver, or of Windows' driver under WSL. */
function hasNvidia(): boolean {
  return ['/dev/nvidiactl', '/dev/dxg'].some((path) => existsSync(path));
}

/** A graphics card of a maker whose cards compute: virtual ones would run on the CPU in disguise. */
function hasRenderNode(): boolean {
  const folder = '/sys/class/drm';
  try {
    return readdirSync(folder)
      .filter((name) => name.startsWith('renderD'))
      .some((name) => VENDORS.includes(readFileSync(join(folder, name, 'device', 'vendor'), 'utf8').trim()));
  } catch {
    return false;
  }
}

/** Where the package keeps this platform's libraries. */
function runtimeFolder(): string {
  const main = createRequire(import.meta.url).resolve('onnxruntime-node');
  return join(dirname(main), '..', 'bin', 'napi-v6', process.platform, process.arch);
}
