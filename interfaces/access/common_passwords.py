"""Passwords that are tried first wherever somebody guesses: of at least eight characters, in small letters."""

from __future__ import annotations

_WORDS = """
00000000 000000000 0000000000 01234567 0123456789 0987654321 11111111 111111111 1111111111 11112222
11223344 1122334455 112233445566 12121212 12341234 12344321 1234554321 12345678 123456780 123456789
1234567890 12345678910 123456789a 123456789q 123456abc 123456qwe 1234abcd 1234qwer 123123123
123321123 12345qwert 13131313 131452000 13145200 1314520520 147258369 159357159 1q2w3e4r 1q2w3e4r5t
1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 20082008 22222222 31415926 33333333 44444444 520131400
5201314520 5201314a 52013145 520520520 55555555 66666666 66668888 77777777 789456123 87654321
88888888 888888888 8888888888 88889999 963852741 98765432 987654321 9876543210 99999999 999999999
a1234567 a12345678 a123456789 aa123456 aaaa1111 aaaaaaaa abc12345 abc123456 abcd1234 abcdefgh
admin123 admin1234 admin123456 admin888 administrator adminadmin asd12345 asdasdasd asdf1234
asdfasdf asdfghjk asdfghjkl baseball changeme computer dearbook default1 dragon123 football
google123 guest123 helloworld huawei123 iloveyou iloveyou1 internet letmein1 lvzhi123 lvzhi1234
monkey123 myspace1 p@ssw0rd p@ssword pass1234 passw0rd password password! password1 password12
password123 princess qazwsx123 qazwsxedc q1w2e3r4 q1w2e3r4t5 qq123456 qq123456789 qwe12345 qwe123456
qweasdzxc qwer1234 qwerasdf qwerty12 qwerty123 qwertyui qwertyuiop root1234 sunshine superman
taobao123 test1234 test12345 trustno1 user1234 wang1234 welcome1 welcome123 whatever wo123456
woaini123 woaini1314 woaini520 woaini521 woaiwojia woaizhongguo wodemima zaq12wsx zaq1xsw2
zhang123 zhengxie zhengxie123 zhongguo zxc12345 zxcvbnm1 zxcvbnm123 zxczxczxc 政协政协政协政协 我爱你我爱你我爱
"""

COMMON = frozenset(_WORDS.split())
