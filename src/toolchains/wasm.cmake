# Owns how CMake reaches wasm32: Debian's clang, lld, wasi-libc and libclang-rt-*-dev-wasm32, or a wasi-sdk named by WASI_SDK_PREFIX.
# Must not know which modules are built.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY) # a program would need an entry point
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES WASI_SDK_PREFIX)

if(NOT WASI_SDK_PREFIX)
  set(WASI_SDK_PREFIX "$ENV{WASI_SDK_PREFIX}")
endif()
if(WASI_SDK_PREFIX)
  set(CMAKE_C_COMPILER "${WASI_SDK_PREFIX}/bin/clang")
  set(CMAKE_AR "${WASI_SDK_PREFIX}/bin/llvm-ar")
  set(CMAKE_RANLIB "${WASI_SDK_PREFIX}/bin/llvm-ranlib")
  set(CMAKE_SYSROOT "${WASI_SDK_PREFIX}/share/wasi-sysroot")
else()
  find_program(CMAKE_C_COMPILER NAMES clang clang-14 clang-19 REQUIRED)
endif()
set(CMAKE_C_COMPILER_TARGET wasm32-wasi)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)

# Without <FLAGS>: an -O on the link line makes clang's driver run whatever wasm-opt is in the PATH, and an old one refuses SIMD.
set(CMAKE_C_LINK_EXECUTABLE
  "<CMAKE_C_COMPILER> --target=wasm32-wasi <CMAKE_C_LINK_FLAGS> <LINK_FLAGS> <OBJECTS> -o <TARGET> <LINK_LIBRARIES>")
if(WASI_SDK_PREFIX)
  string(REPLACE "--target=wasm32-wasi" "--target=wasm32-wasi --sysroot=${CMAKE_SYSROOT}" CMAKE_C_LINK_EXECUTABLE "${CMAKE_C_LINK_EXECUTABLE}")
endif()
