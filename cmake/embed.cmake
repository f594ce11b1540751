# The bytes of IN as a C array SYMBOL, NUL-terminated, with SYMBOL_len.
file(READ ${IN} hex HEX)
string(LENGTH "${hex}" digits)
math(EXPR bytes "${digits} / 2")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," body "${hex}")
string(REGEX REPLACE "((0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,))" "\\1\n" body "${body}")
file(WRITE ${OUT} "/* Made by cmake/embed.cmake. */
extern const char ${SYMBOL}[];
extern const unsigned long ${SYMBOL}_len;
const char ${SYMBOL}[] = {
${body}
0 };
const unsigned long ${SYMBOL}_len = ${bytes};
")
