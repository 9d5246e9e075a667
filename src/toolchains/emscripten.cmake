# Owns how CMake reaches wasm32 by Emscripten: the emcc of Debian's package, or of an emsdk that comes first in the PATH.
# Must not know which modules are built.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY) # a program would need an entry point

find_program(CMAKE_C_COMPILER NAMES emcc REQUIRED)
find_program(CMAKE_AR NAMES emar REQUIRED)
find_program(CMAKE_RANLIB NAMES emranlib REQUIRED)

# Written for a standalone module, to a name that ends in .wasm, emcc makes no JavaScript: the module imports nothing, and
# emcc's JavaScript optimizer, which hangs in 3.1.6 on Node 20, never runs. The sizes repeat those that src/modules.json gives
# to the linker, because emcc gives it its own ones after ours.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-sSTANDALONE_WASM=1 --no-entry -sSUPPORT_ERRNO=0 \
-sTOTAL_STACK=65536 -sINITIAL_MEMORY=1048576 -sALLOW_MEMORY_GROWTH=1 -sMAXIMUM_MEMORY=4294967296")
# At -Oz emcc says -fno-inline-functions, which costs the scan of a catalogue a fifth of its speed.
set(CMAKE_C_FLAGS_INIT -finline-functions)

# What emcc exports of its own accord. Nobody calls it: the C has no constructors.
set(AMPCF_ADDED_EXPORTS _initialize __indirect_function_table stackSave stackRestore stackAlloc)

# emcc ends with wasm-opt, which must know how far to go, and reads the features it will meet from a section that --strip-all
# takes away. -disable-lsr it gives itself, and LLVM takes it once.
set(AMPCF_FLAGS_AT_LINK ON)
set(AMPCF_LINK_FLAGS_LEFT_OUT --strip-all -mllvm -disable-lsr)
