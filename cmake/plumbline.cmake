# How plumbline is put together: rooms, providers, compiled-in data, the program.

include(GNUInstallDirs)

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
	set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
option(PL_WERROR "treat warnings as errors" OFF)
option(PL_SANITIZE "build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(PL_HARDEN "link-time optimisation and hardening" OFF)
option(PL_FUZZ "build the libFuzzer targets (clang)" OFF)
option(PL_TESTS "build the tests, which need more than the program does" ON)

add_library(pl_flags INTERFACE)
target_compile_options(pl_flags INTERFACE
	-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
	-Wvla -Wundef -Wformat=2 $<$<BOOL:${PL_WERROR}>:-Werror>)
target_compile_definitions(pl_flags INTERFACE _POSIX_C_SOURCE=200809L _DEFAULT_SOURCE
	PL_TOOL_VERSION="${PROJECT_VERSION}")
if(PL_SANITIZE)
	target_compile_options(pl_flags INTERFACE -fsanitize=address,undefined
		-fno-sanitize-recover=all -fno-omit-frame-pointer)
	target_link_options(pl_flags INTERFACE -fsanitize=address,undefined)
endif()
if(PL_FUZZ)
	target_compile_options(pl_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(PL_HARDEN)
	set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
	set(CMAKE_POSITION_INDEPENDENT_CODE ON)
	target_compile_options(pl_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong
		-fstack-clash-protection)
	target_link_options(pl_flags INTERFACE -pie -Wl,-z,relro,-z,now)
endif()

set(PL_GENERATED ${CMAKE_BINARY_DIR}/generated)
file(MAKE_DIRECTORY ${PL_GENERATED})

# pl_room(NAME FOLDER [USES room...] [LIBS target...]): one static library of the folder's sources.
function(pl_room name folder)
	cmake_parse_arguments(ARG "" "" "USES;LIBS" ${ARGN})
	file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.c)
	list(TRANSFORM ARG_USES PREPEND pl_)
	add_library(pl_${name} STATIC ${sources})
	target_include_directories(pl_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/providers)
	target_link_libraries(pl_${name} PUBLIC ${ARG_USES} ${ARG_LIBS} PRIVATE pl_flags)
	set_property(GLOBAL APPEND PROPERTY PL_ROOMS pl_${name})
endfunction()

# pl_embed(SYMBOL FILE OUT): a C file with the bytes of FILE as `const char SYMBOL[]`, `SYMBOL_len`.
function(pl_embed symbol file out)
	set(c ${PL_GENERATED}/${symbol}.c)
	add_custom_command(OUTPUT ${c}
		COMMAND ${CMAKE_COMMAND} -DSYMBOL=${symbol} -DIN=${file} -DOUT=${c}
			-P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
		DEPENDS ${file} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake VERBATIM)
	set(${out} ${c} PARENT_SCOPE)
endfunction()

# pl_provider(NAME [DATA file...]): providers/NAME, which defines `const struct pl_provider
# pl_provider_NAME`; DATA files are embedded as pl_NAME_<stem>.
function(pl_provider name)
	cmake_parse_arguments(ARG "" "" "DATA" ${ARGN})
	file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/providers/${name}/*.c)
	foreach(file IN LISTS ARG_DATA)
		get_filename_component(stem ${file} NAME_WE)
		pl_embed(pl_${name}_${stem} ${CMAKE_SOURCE_DIR}/providers/${name}/${file} c)
		list(APPEND sources ${c})
	endforeach()
	add_library(pl_provider_${name} STATIC ${sources})
	target_link_libraries(pl_provider_${name} PUBLIC pl_terraform pl_node pl_kubernetes pl_cloud PRIVATE pl_flags)
	target_link_libraries(pl_provider_${name} PRIVATE OpenSSL::Crypto)
	set_property(GLOBAL APPEND PROPERTY PL_PROVIDERS ${name})
endfunction()

# pl_architecture(NAME FILE): compiled into the program under that name.
function(pl_architecture name file)
	pl_embed(pl_arch_text_${name} ${CMAKE_SOURCE_DIR}/${file} c)
	set_property(GLOBAL APPEND PROPERTY PL_ARCHITECTURES ${name})
	set_property(GLOBAL APPEND PROPERTY PL_ARCHITECTURE_SOURCES ${c})
endfunction()

# pl_program(NAME FOLDER): the executable, and the tables of what was declared above.
function(pl_program name folder)
	get_property(rooms GLOBAL PROPERTY PL_ROOMS)
	get_property(providers GLOBAL PROPERTY PL_PROVIDERS)
	get_property(architectures GLOBAL PROPERTY PL_ARCHITECTURES)
	get_property(data GLOBAL PROPERTY PL_ARCHITECTURE_SOURCES)
	set(text "/* Made by cmake/plumbline.cmake from CMakeLists.txt. */\n#include \"terraform/provider.h\"\n#include \"arch/arch.h\"\n#include \"cli/tables.h\"\n")
	foreach(p IN LISTS providers)
		string(APPEND text "extern const struct pl_provider pl_provider_${p};\n")
	endforeach()
	foreach(a IN LISTS architectures)
		string(APPEND text "extern const char pl_arch_text_${a}[];\nextern const unsigned long pl_arch_text_${a}_len;\n")
	endforeach()
	string(APPEND text "const struct pl_provider *const pl_providers[] = {\n")
	foreach(p IN LISTS providers)
		string(APPEND text "\t&pl_provider_${p},\n")
	endforeach()
	string(APPEND text "\tNULL\n};\nconst struct pl_builtin_arch pl_builtin_archs[] = {\n")
	foreach(a IN LISTS architectures)
		string(APPEND text "\t{ \"${a}\", pl_arch_text_${a}, &pl_arch_text_${a}_len },\n")
	endforeach()
	string(APPEND text "\t{ NULL, NULL, NULL }\n};\n")
	file(CONFIGURE OUTPUT ${PL_GENERATED}/tables.c CONTENT "${text}")
	file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.c)
	list(FILTER sources EXCLUDE REGEX "/main\\.c$")
	list(TRANSFORM providers PREPEND pl_provider_)
	# everything but main(), so that tests and fuzz targets link the same program
	add_library(pl_cli STATIC ${sources} ${PL_GENERATED}/tables.c ${data})
	target_link_libraries(pl_cli PUBLIC ${rooms} ${providers} PRIVATE pl_flags)
	add_executable(${name} ${CMAKE_SOURCE_DIR}/${folder}/main.c)
	target_link_libraries(${name} PRIVATE pl_cli pl_flags)
	install(TARGETS ${name} RUNTIME)
	install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
endfunction()
