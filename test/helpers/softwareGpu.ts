import { existsSync } from 'node:fs';

/** Where Debian's `chromium` package keeps SwiftShader, a Vulkan driver that runs on the CPU, and a Vulkan loader. */
const FOLDER = '/usr/lib/chromium';
const DRIVER = `${FOLDER}/vk_swiftshader_icd.json`;

/** Environment of a process that shall find a (very slow) WebGPU device. */
export const softwareGpu = { VK_ICD_FILENAMES: DRIVER, LD_LIBRARY_PATH: FOLDER };

/** Why WebGPU is not tested here, or null. `.ci/run` installs the driver and sets CI: there it must not be missing. */
export const noSoftwareGpu =
  existsSync(DRIVER) || process.env.CI !== undefined
    ? null
    : `no SwiftShader at ${DRIVER}; it comes with Debian's chromium`;
