# Installs BUILD into a folder of its own and asks the installed program for its VERSION.
set(prefix ${BUILD}/install-test)
file(REMOVE_RECURSE ${prefix})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix}
	OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${prefix}/bin/plumbline --version WORKING_DIRECTORY /
	OUTPUT_VARIABLE said COMMAND_ERROR_IS_FATAL ANY)
string(FIND "${said}" "${VERSION}" at)
if(at EQUAL -1)
	message(FATAL_ERROR "plumbline --version said '${said}', not ${VERSION}")
endif()
file(GLOB_RECURSE license ${prefix}/share/LICENSE)
if(NOT license)
	message(FATAL_ERROR "LICENSE was not installed")
endif()
file(REMOVE_RECURSE ${prefix})
