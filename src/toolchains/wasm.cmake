# Owns how CMake reaches wasm32 by clang: Debian's clang, lld, wasi-libc and libclang-rt-*-dev-wasm32, or the WASI SDK that
# the environment variable WASI_SDK_PATH names. Must not know which modules are built.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY) # a program would need an entry point
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES WASI_SDK_PATH)

if(NOT WASI_SDK_PATH)
  set(WASI_SDK_PATH "$ENV{WASI_SDK_PATH}")
endif()
set(CMAKE_C_COMPILER_TARGET wasm32-wasi)
if(WASI_SDK_PATH)
  set(CMAKE_C_COMPILER "${WASI_SDK_PATH}/bin/clang")
  set(CMAKE_AR "${WASI_SDK_PATH}/bin/llvm-ar")
  set(CMAKE_RANLIB "${WASI_SDK_PATH}/bin/llvm-ranlib")
  set(CMAKE_SYSROOT "${WASI_SDK_PATH}/share/wasi-sysroot")
  # Newer SDKs call the target by its version, and their clang warns of the old name.
  if(EXISTS "${CMAKE_SYSROOT}/lib/wasm32-wasip1")
    set(CMAKE_C_COMPILER_TARGET wasm32-wasip1)
  endif()
  set(sysroot "--sysroot=${CMAKE_SYSROOT}")
else()
  find_program(CMAKE_C_COMPILER NAMES clang clang-14 clang-19 REQUIRED)
endif()
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_EXE_LINKER_FLAGS_INIT -nostartfiles)

# Without <FLAGS>: an -O on the link line makes clang's driver run whatever wasm-opt is in the PATH, and an old one refuses
# SIMD.
set(CMAKE_C_LINK_EXECUTABLE "<CMAKE_C_COMPILER> --target=${CMAKE_C_COMPILER_TARGET} ${sysroot} <CMAKE_C_LINK_FLAGS> \
<LINK_FLAGS> <OBJECTS> -o <TARGET> <LINK_LIBRARIES>")
