# A Sendmail as Debian configures it, unpacked by .ci/install-packages over /usr: its package conflicts with Postfix.
mount -t overlay overlay -o "lowerdir=$SENDMAIL/usr:/usr" /usr
useradd --system smmta
install -d -o smmta -g smmta -m 2770 /var/spool/mqueue
install -d -o smmta -g smmta /var/run/sendmail/mta /var/lib/sendmail /var/lib/sendmail/host_status
install -d /etc/mail/m4
touch /etc/mail/m4/dialup.m4 /etc/mail/m4/provider.m4
echo town-hall.example > /etc/mail/local-host-names
# Nobody answers for names here.
sed 's/^MAILER_DEFINITIONS/FEATURE(`nocanonify'"'"')dnl\n&/' \
    /usr/share/sendmail/cf/debian/sendmail.mc > /etc/mail/sendmail.mc
m4 /etc/mail/sendmail.mc > /etc/mail/sendmail.cf
printf 'passwd files\naliases files\nhosts files\n' > /etc/mail/service.switch
makemap hash /etc/mail/access < /dev/null
# Into a file: what Debian's packages deliver by is not there.
install -o mail -g mail -m 644 /dev/null /var/mail/alice
chmod 755 /var/mail
echo 'alice: /var/mail/alice' > /etc/mail/aliases
/usr/libexec/sendmail/sendmail -bi
systemctl start sendmail
