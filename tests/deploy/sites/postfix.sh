# A Postfix that somebody has run for years: local users, restrictions of his own, a milter, greetings by Debian.
useradd --create-home --home-dir /var/home-of-alice alice
touch /var/mail/alice
chown alice:mail /var/mail/alice
cat > /etc/opendkim.conf <<'END'
Mode v
Socket inet:8891@127.0.0.1
UserID nobody
Syslog no
END
opendkim -P /run/opendkim.pid
cat > /etc/postfix/main.cf <<'END'
# See /usr/share/postfix/main.cf.dist for a commented, more complete version
smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)
biff = no
append_dot_mydomain = no
compatibility_level = 3.6
maillog_file = /var/log/postfix.log
myhostname = town-hall.example
mydestination = $myhostname, localhost
relayhost =
mynetworks = 127.0.0.0/8
alias_maps =
mailbox_size_limit = 0
recipient_delimiter = +
header_checks = regexp:{{/^X-Refused:/ REJECT}}
# greylisting would stand here
smtpd_helo_required = yes
smtpd_recipient_restrictions =
    reject_non_fqdn_recipient,
    reject_unauth_destination
milter_default_action = accept
smtpd_milters = inet:127.0.0.1:8891
END
cp /usr/share/postfix/master.cf.dist /etc/postfix/master.cf
postconf -M postlog/unix-dgram='postlog unix-dgram n - n - 1 postlogd'
systemctl start postfix
