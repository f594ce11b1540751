/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every directive of OpenSSH 8.9 to 10.2's ssh_config(5), its older spellings, and those of Debian.
 * A row that is missing here is an error to the user; a row with a notice is named where it is set.
 */
#include "ssh/directive.h"

#include <string.h>

#include "base/str.h"
#include "ssh/pattern.h"

#define ALWAYS_CHECKED "has no effect: host keys are always verified, and new ones need --ssh-accept-new"
#define NOT_LOOKED_UP "is not honoured: host names are taken as they are written"
#define NO_TOKENS "is not honoured: keys on tokens are used through ssh-agent only"

#define ROW(name, key, kind) { name, key, kind, NULL, NULL, NULL }

static const struct pl_ssh_keyword rows[] = {
	ROW("host", PL_SSH_HOST, PL_SSH_WORDS),
	ROW("match", PL_SSH_MATCH, PL_SSH_CRITERIA),
	ROW("include", PL_SSH_INCLUDE, PL_SSH_WORDS),
	ROW("ignoreunknown", PL_SSH_IGNORE_UNKNOWN, PL_SSH_WORD),
	ROW("tag", PL_SSH_TAG, PL_SSH_WORD),
	ROW("refuseconnection", PL_SSH_REFUSE, PL_SSH_WORD),
	ROW("hostname", PL_SSH_HOSTNAME, PL_SSH_WORD),
	ROW("user", PL_SSH_USER, PL_SSH_WORD),
	ROW("port", PL_SSH_PORT, PL_SSH_TCP),
	ROW("proxycommand", PL_SSH_PROXY_COMMAND, PL_SSH_LINE),
	ROW("proxyjump", PL_SSH_PROXY_JUMP, PL_SSH_JUMPS),
	ROW("proxyusefdpass", PL_SSH_FDPASS, PL_SSH_FLAG),

	ROW("identityfile", PL_SSH_IDENTITY, PL_SSH_WORD),
	ROW("identityfile2", PL_SSH_IDENTITY, PL_SSH_WORD),
	ROW("certificatefile", PL_SSH_CERTIFICATE, PL_SSH_WORD),
	ROW("identityagent", PL_SSH_AGENT, PL_SSH_WORD),
	ROW("identitiesonly", PL_SSH_IDENTITIES_ONLY, PL_SSH_FLAG),
	ROW("batchmode", PL_SSH_BATCH, PL_SSH_FLAG),
	{ "pubkeyauthentication", PL_SSH_PUBKEY, PL_SSH_CHOICE, "yes true no false unbound host-bound", NULL, NULL },
	{ "dsaauthentication", PL_SSH_PUBKEY, PL_SSH_CHOICE, "yes true no false unbound host-bound", NULL, NULL },
	ROW("passwordauthentication", PL_SSH_PASSWORD, PL_SSH_FLAG),
	ROW("kbdinteractiveauthentication", PL_SSH_KBDINT, PL_SSH_FLAG),
	ROW("challengeresponseauthentication", PL_SSH_KBDINT, PL_SSH_FLAG),
	ROW("skeyauthentication", PL_SSH_KBDINT, PL_SSH_FLAG),
	ROW("tisauthentication", PL_SSH_KBDINT, PL_SSH_FLAG),
	ROW("preferredauthentications", PL_SSH_PREFERRED, PL_SSH_WORD),

	ROW("hostkeyalias", PL_SSH_ALIAS, PL_SSH_WORD),
	ROW("userknownhostsfile", PL_SSH_USER_HOSTS, PL_SSH_WORDS),
	ROW("globalknownhostsfile", PL_SSH_GLOBAL_HOSTS, PL_SSH_WORDS),
	ROW("revokedhostkeys", PL_SSH_REVOKED, PL_SSH_WORD),
	{ "stricthostkeychecking", PL_SSH_STRICT, PL_SSH_CHOICE, "yes true no false off ask accept-new",
	  "yes true ask", ALWAYS_CHECKED },
	ROW("hashknownhosts", PL_SSH_HASH, PL_SSH_FLAG),
	ROW("hostkeyalgorithms", PL_SSH_HOST_KEY_ALGS, PL_SSH_WORD),
	ROW("kexalgorithms", PL_SSH_KEX, PL_SSH_WORD),
	ROW("ciphers", PL_SSH_CIPHERS, PL_SSH_WORD),
	ROW("macs", PL_SSH_MACS, PL_SSH_WORD),
	ROW("pubkeyacceptedalgorithms", PL_SSH_PUBKEY_ALGS, PL_SSH_WORD),
	ROW("pubkeyacceptedkeytypes", PL_SSH_PUBKEY_ALGS, PL_SSH_WORD),
	ROW("requiredrsasize", PL_SSH_RSA_SIZE, PL_SSH_NUMBER),

	ROW("compression", PL_SSH_COMPRESSION, PL_SSH_FLAG),
	ROW("connecttimeout", PL_SSH_TIMEOUT, PL_SSH_TIME),
	ROW("connectionattempts", PL_SSH_ATTEMPTS, PL_SSH_NUMBER),
	{ "addressfamily", PL_SSH_FAMILY, PL_SSH_CHOICE, "any inet inet6", NULL, NULL },
	ROW("bindaddress", PL_SSH_BIND, PL_SSH_WORD),
	ROW("bindinterface", PL_SSH_INTERFACE, PL_SSH_WORD),
	ROW("tcpkeepalive", PL_SSH_TCP_ALIVE, PL_SSH_FLAG),
	ROW("keepalive", PL_SSH_TCP_ALIVE, PL_SSH_FLAG),
	ROW("serveraliveinterval", PL_SSH_ALIVE, PL_SSH_TIME),
	ROW("protocolkeepalives", PL_SSH_ALIVE, PL_SSH_TIME),
	ROW("setuptimeout", PL_SSH_ALIVE, PL_SSH_TIME),
	ROW("serveralivecountmax", PL_SSH_ALIVE_MAX, PL_SSH_NUMBER),

	{ "canonicalizehostname", PL_SSH_CANONICALIZE, PL_SSH_CHOICE, "yes true no false always", "no false",
	  NOT_LOOKED_UP },
	{ "checkhostip", PL_SSH_CHECK_IP, PL_SSH_FLAG, NULL, "no false",
	  "is not honoured: keys are looked up by the host's name only" },
	{ "knownhostscommand", PL_SSH_KNOWN_COMMAND, PL_SSH_LINE, NULL, "none",
	  "is not honoured: no command is run for host keys" },
	{ "verifyhostkeydns", PL_SSH_DNS_KEYS, PL_SSH_CHOICE, "yes true no false ask", "no false ask",
	  "is not honoured: SSHFP records are not asked for" },
	{ "nohostauthenticationforlocalhost", PL_SSH_NO_LOCAL_CHECK, PL_SSH_FLAG, NULL, "no false", ALWAYS_CHECKED },
	{ "pkcs11provider", PL_SSH_PKCS11, PL_SSH_WORD, NULL, "none", NO_TOKENS },
	{ "smartcarddevice", PL_SSH_PKCS11, PL_SSH_WORD, NULL, "none", NO_TOKENS },
	{ "securitykeyprovider", PL_SSH_SK_PROVIDER, PL_SSH_WORD, NULL, "internal none", NO_TOKENS },
};

/* The same connection with and without them. */
static const char *const harmless[] = {
	"addkeystoagent", "canonicaldomains", "canonicalizefallbacklocal", "canonicalizemaxdots",
	"canonicalizepermittedcnames", "casignaturealgorithms", "channeltimeout",
	"clearallforwardings", "controlmaster", "controlpath", "controlpersist",
	"dynamicforward", "enableescapecommandline", "enablesshkeysign", "escapechar",
	"exitonforwardfailure", "fingerprinthash", "forkafterauthentication", "forwardagent",
	"forwardx11", "forwardx11timeout", "forwardx11trusted", "gatewayports",
	"gssapiauthentication", "gssapiclientidentity", "gssapidelegatecredentials",
	"gssapikexalgorithms", "gssapikeyexchange", "gssapirenewalforcesrekey",
	"gssapiserveridentity", "gssapitrustdns", "hostbasedacceptedalgorithms",
	"hostbasedauthentication", "hostbasedkeytypes", "ipqos", "kbdinteractivedevices",
	"localcommand", "localforward", "loglevel", "logverbose", "numberofpasswordprompts",
	"obscurekeystroketiming", "permitlocalcommand", "permitremoteopen", "rekeylimit",
	"remotecommand", "remoteforward", "requesttty", "sendenv", "sessiontype", "setenv",
	"stdinnull", "streamlocalbindmask", "streamlocalbindunlink", "syslogfacility", "tunnel",
	"tunneldevice", "updatehostkeys", "versionaddendum", "visualhostkey", "warnweakcrypto",
	"xauthlocation",
	/* of protocols and methods that are gone; ssh passes over them, too */
	"afstokenpassing", "cipher", "compressionlevel", "fallbacktorsh",
	"globalknownhostsfile2", "kerberosauthentication", "kerberostgtpassing", "protocol",
	"rhostsauthentication", "rhostsrsaauthentication", "rsaauthentication",
	"useprivilegedport", "useroaming", "userknownhostsfile2", "usersh",
};

const struct pl_ssh_keyword *pl_ssh_keyword(const char *name)
{
	static const struct pl_ssh_keyword passed_over = ROW("", PL_SSH_HARMLESS, PL_SSH_ANY);
	static const struct pl_ssh_keyword unknown = ROW("", PL_SSH_UNKNOWN, PL_SSH_ANY);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (pl_strieq(rows[i].name, name))
			return &rows[i];
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
		if (pl_strieq(harmless[i], name))
			return &passed_over;
	return &unknown;
}

bool pl_ssh_has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = words; *p; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");

		if (n == len && pl_pattern((struct pl_slice){ p, n }, word, true))
			return true;
		p += n;
	}
	return false;
}
