"""Patterns of personal data in texts: RE2 expressions for the macros of macros.py.

Each kind has a full expression and is part of one of two hints, which are tested first: one for
numbers, which nearly every text has, and one for the other kinds. A text without personal data
costs no more than its hints. Names are found by the words around them; after a weak word only a
surname that is no common word counts, with more text after it: 本人认为 and 业主何时 are kept.
"""

DIGIT = "0-9０-９"
# Separators between the digits of a number: space, NBSP, U+3000, dashes and dots.
GAP = r"[-\s\x{a0}\x{3000}\x{200b}-\x{200f}\x{feff}\x{2010}-\x{2015}－_.·]"
_WIDE_GAP = rf"[{GAP[1:-1]}()\x{{ff08}}\x{{ff09}}/~\x{{ff0b}}:\x{{ff1a}}*]"
NUMERAL = f"{DIGIT}一二三四五六七八九十百零〇幺两甲乙丙丁"

# Personal numbers: seven digits or more, a mobile number with any separators, an area code with a
# number, or groups as on a card. Dates such as 2020-09-18 00:34:04, ranges of years and of prices
# (3000-5000) are none of these, and are kept.
# Telephone numbers of other countries: +44 7700 900456, (312) 555-0143, 07700 900123.
_COUNTRY = rf"[+\x{{ff0b}}](?:{_WIDE_GAP}{{0,2}}[{DIGIT}]){{8,15}}"
_BRACKETED = (
    rf"[(\x{{ff08}}][{DIGIT}]{{2,5}}[)\x{{ff09}}]{GAP}{{0,2}}[{DIGIT}]{{3,5}}"
    rf"(?:{GAP}{{1,2}}[{DIGIT}]{{2,4}}){{1,3}}"
)
_TRUNK = (
    rf"\b[0０][1-9][{DIGIT}]{{1,3}}{GAP}{{1,2}}[{DIGIT}]{{5,8}}\b"
    rf"|\b[0０][1-9][{DIGIT}]{{1,3}}(?:{GAP}[{DIGIT}]{{2,4}}){{2,4}}\b"
    rf"|\b[0０][1-9](?:[ .][{DIGIT}]{{2}}){{4}}\b"
)
# A mobile number with letters typed for digits: l38O1234567.
_LOOKALIKE = rf"[1１lIｌＩ|丨][3-9３-９](?:{GAP}?[{DIGIT}oOlIＯｏｌ]){{9}}"
PERSONAL = "|".join(
    [
        _COUNTRY,
        _BRACKETED,
        _TRUNK,
        _LOOKALIKE,
        rf"[{DIGIT}]{{6}}{GAP}{{1,2}}[{DIGIT}]{{8}}{GAP}{{1,2}}[{DIGIT}]{{3}}[{DIGIT}XxＸｘ]",
        rf"[{DIGIT}]{{7,}}(?:{GAP}{{0,2}}[{DIGIT}]{{3,}})*[XxＸｘ]?",
        rf"[{DIGIT}]{{3,4}}{GAP}[{DIGIT}]{{3,4}}{GAP}[{DIGIT}]{{3,4}}"
        rf"(?:{GAP}[{DIGIT}]{{1,4}})*[XxＸｘ]?",
        rf"[1１](?:{_WIDE_GAP}{{0,2}}[{DIGIT}]){{10}}",
        rf"[0０][{DIGIT}]{{2,3}}{GAP}{{1,2}}[{DIGIT}]{{3,4}}{GAP}?[{DIGIT}]{{4}}",
        rf"\b[3-9][{DIGIT}]{{2}}[1-9]{GAP}[{DIGIT}]{{4}}\b",
        rf"\b[3-9][{DIGIT}]{{3}}{GAP}[{DIGIT}]{{2}}(?:[{DIGIT}][1-9]|[1-9][{DIGIT}])\b",
    ]
)
PERSONAL_HINT = (
    rf"[{DIGIT}]{_WIDE_GAP}{{0,2}}[{DIGIT}]{_WIDE_GAP}{{0,2}}[{DIGIT}]{_WIDE_GAP}{{0,2}}[{DIGIT}]"
)
# A house or door number with its word, and the number of a flat that may follow it (3单元301). One
# expression without groups: with a group RE2 leaves its fast automaton and takes three times as
# long. 三楼, in words, is a floor, and is kept.
_DOOR = (
    rf"[{NUMERAL}A-Za-z]*[{NUMERAL}](?:{GAP}[{NUMERAL}]+)?"
    rf"(?:[号室弄]|(?:单元|[栋幢])(?:[{NUMERAL}]{{3,4}}室?)?)(?:楼[{NUMERAL}]{{3,4}}室?)?"
    rf"|[A-Za-z]?[{DIGIT}]+楼(?:[{DIGIT}]{{1,4}}室?)?|\b[{DIGIT}]{{3}}房"
    rf"|[A-Za-zＡ-Ｚ{NUMERAL}]座[{DIGIT}]{{2,4}}"
    rf"|\b[{DIGIT}]{{1,3}}[-－—][{DIGIT}]{{1,2}}[-－—][{DIGIT}]{{3,4}}\b"
)
NUMBER = f"{PERSONAL}|{_DOOR}"
# Every match of NUMBER has a match of this.
NUMBER_HINT = rf"[{NUMERAL}](?:[号室单栋幢弄楼座房]|{_WIDE_GAP}|[{DIGIT}]{{2}})"

# 10号线 is a line, 9月3号 a day, 63号文件 and 第12号 are documents: their 号 is replaced while
# house numbers are masked. Group 1 precedes the sign, groups 2 and 3 follow it.
KEPT_SIGN = (
    rf"(月[{NUMERAL}]{{1,3}}|第[{NUMERAL}]+|[〕\]】字发函办][{NUMERAL}]+)号([^楼院室]|$)"
    r"|号(线|文件|公告|通知|考场|令[^人])"
)
_KEPT_HINT = f"[月第〕\\]】字发函办][{NUMERAL}]+号|号(?:线|文件|公告|通知|考场|令)"

_SPOKEN = "一二三四五六七八九零〇幺两壹贰叁肆伍陆柒捌玖洞拐"
_ANY_DIGIT = f"{_SPOKEN}{DIGIT}"
_PAUSE = r"[-\s\x{3000},\x{ff0c}、.。—－]"
_LATIN = "A-Za-zＡ-Ｚａ-ｚ"
_PROVINCE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_MARK = rf"[{_LATIN}{_ANY_DIGIT}]"
_BETWEEN = r"[-\s·•.—]"
_PLATE = (
    rf"[{_PROVINCE}]{_BETWEEN}{{0,2}}[{_LATIN}](?:{_BETWEEN}?{_MARK}){{1,3}}"
    rf"{_BETWEEN}?[{_ANY_DIGIT}](?:{_BETWEEN}?{_MARK}){{1,3}}[警学挂港澳领使]?"
)
_MAIL = (
    r"[A-Za-z0-9Ａ-Ｚａ-ｚ０-９._+-]{2,}\s?(?:[@＠]|[(\[\x{ff08}]at[)\]\x{ff09}])\s?"
    r"[A-Za-z0-9Ａ-Ｚａ-ｚ０-９-]+(?:[.．。点][A-Za-zＡ-Ｚａ-ｚ]{2,})+"
)
_ACCOUNT_CUE = (
    "微信|[Ww]e[Cc]hat|[Vv][Xx]|[Vv]信|威信|薇信|[Qq][Qq]|扣扣|支付宝|抖音|快手|微博|小红书|邮箱"
)
_ACCOUNT = (
    rf"(?:{_ACCOUNT_CUE})(?:群?号码?|群|账号|帐号|昵称|ID|id|名)?(?:[是为叫]|同号)?[\s:\x{{ff1a}}@]*"
    r"(?:[A-Za-z][A-Za-z0-9_-]{4,19}|[0-9]{5}[A-Za-z0-9_-]{1,14})"
)
# After its cue a licence plate needs no province, and its last digits are enough.
_PLATE_AFTER_CUE = (
    rf"(?:车牌|车号|牌照)(?:号码?|照|尾[号数])?[是为]?[\s:\x{{ff1a}}]*"
    rf"[一-龥]?[{_LATIN}]?{_BETWEEN}?[{_LATIN}{DIGIT}]{{4,7}}"
)
_SPOKEN_NUMBER = (
    rf"[幺一壹1１](?:{_PAUSE}{{0,2}}[{_ANY_DIGIT}]){{10}}|[{_ANY_DIGIT}]{{7,}}"
    rf"|[{_SPOKEN}]{{4}}{_PAUSE}[{_SPOKEN}]{{4}}|[{_ANY_DIGIT}](?:[\s,\x{{ff0c}}][{_ANY_DIGIT}]){{8,}}"
)
# The number of the person who took the call, with its word.
_SEAT_CUE = "坐席|座席|话务员|接线员|接听员|受理员|客服人员|热线员"
_SEAT = (
    rf"(?:(?:{_SEAT_CUE})员?(?:的?(?:工号|编号|号码|代码|ID|号))?|工号)[是为\s:\x{{ff1a}}第]*"
    rf"(?:[A-Za-z]{{0,3}}-?[{DIGIT}]{{3,8}}|[{_SPOKEN}]{{3,8}})号?"
    rf"|(?:(?:{_SEAT_CUE})员?(?:的?(?:工号|编号|号码|代码|ID))|工号)[是为\s:\x{{ff1a}}第]*[A-Za-z]?[{DIGIT}]{{1,2}}号?"
    rf"|第?[{DIGIT}]{{2,6}}号?(?:{_SEAT_CUE})"
)
_DOOR_PLATE = rf"门牌(?:号码?)?[是为\s:\x{{ff1a}}]*[{NUMERAL}]+"
CODE = "|".join(
    [PERSONAL, _MAIL, _ACCOUNT, _PLATE, _PLATE_AFTER_CUE, _SPOKEN_NUMBER, _DOOR_PLATE, _SEAT]
)
_CODE_HINT = (
    rf"[@＠]|[(\[\x{{ff08}}]at[)\]\x{{ff09}}]|{_ACCOUNT_CUE}|车牌|车号|牌照|门牌|幺|{_SEAT_CUE}|工号|[{_PROVINCE}]{_BETWEEN}{{0,2}}[{_LATIN}]"
    rf"|[{_SPOKEN}]{_PAUSE}{{0,2}}[{_SPOKEN}]{_PAUSE}{{0,2}}[{_SPOKEN}]"
)

# Surnames that are rarely a word or the beginning of one, and those that often are.
_SURE = (
    "王李张刘陈杨赵吴徐孙胡朱林郭罗梁宋唐许韩冯邓曹彭肖萧董潘袁蔡蒋余杜叶魏吕丁沈姜范傅卢汪戴崔陆廖姚邱"
    "谭韦贾邹熊孟秦阎薛侯雷龙史陶贺毛郝龚邵覃武赖樊殷翟倪颜鲁岳齐伍聂焦尤柳邢骆耿霍牛俞柏窦苗芦"
    "葛蒲甄裴游蔺褚沙靳卞娄冉庞湛柯欧穆阮佟桂霍裘郑谢苏"
)
_UNSURE = (
    "黄周高马何田曾程钟任金石方夏侯康江段白钱汤尹黎易常万顾严洪文关向季章温申左于简路包盛费项成车童"
    "单祝宁闫应全梅詹古涂管祁宫艾阳麦乔华冷房池党娜柴边安卜甘母习强庄展时鲍尚查桑解容屈施"
)
_DOUBLE = (
    "欧阳|上官|司马|诸葛|皇甫|尉迟|公孙|慕容|令狐|司徒|端木|夏侯|宇文|长孙|独孤|南宫|申屠|闻人"
    "|呼延|万俟|淳于|钟离|轩辕|澹台|公冶|亓官|司寇|闾丘|颛孙|漆雕|拓跋|赫连|耶律|完颜|纳兰"
)
# Also a city, and a word with its preposition (订单于3日寄出).
_UNSURE_DOUBLE = "濮阳|单于|鲜于"
# Given names do not contain these: places, and words that follow a person in a sentence.
_NOT_GIVEN = (
    "村庄镇县市区乡路街家桥店沟湾坝州省屯港口堡组号楼院所"
    "的了是在我你他她它们不有和与及或也都就还要会能没这那么什说反因被把让给对从到于着过某多为之上下"
    "续面入副姓谢好律切围额贴些等其此该请很已又再才则却并向岁座里内外前后"
)
_GIVEN = rf"[^\x00-\x{{4dff}}\x{{a000}}-\x{{10ffff}}{_NOT_GIVEN}]"
# The most frequent surnames that are also words: accepted if the end of a name follows.
_OFTEN = "黄周高马何田曾程于江金方钟任"
_OFTEN_NAME = (
    rf"[{_OFTEN}][^\x00-\x{{4dff}}\x{{a000}}-\x{{10ffff}}{_NOT_GIVEN}"
    "末边围期度兴时血经序速层地处峰便案法务]"
)
_SURE_SURNAME = f"(?:{_DOUBLE}|[{_SURE}])"
_SURNAME = f"(?:{_DOUBLE}|{_UNSURE_DOUBLE}|[{_SURE}{_UNSURE}])"
_SPACE = r"[ \x{3000}]"
_DOT = "[·•・‧∙⋅●]"
_FOREIGN = (
    rf"[一-龥]{{2,6}}{_DOT}[一-龥]{{1,6}}(?:{_DOT}[一-龥]{{1,6}})?"
    r"|[A-Z][a-z]+(?: [A-Z][a-z]+){1,2}"
)
# Names of several parts, in the characters that write the sounds of other languages: 艾力·买买提.
# Other words with a dot are mostly housing estates (万科·城市之光), and are kept.
_SOUND = (
    "阿艾买麦吐热库帕古玛塔努尼夏依力提木江合尔孙西丽米沙克卡斯迪吾曼班罕祖农拜拉巴巴比布达德多尔法菲福盖格"
    "哈胡吉加娜卡科拉莱里利琳卢鲁罗洛马玛梅蒙穆娜纳尼诺欧帕皮普奇乔热茹瑞萨赛莎山史苏索塔泰特图瓦维沃乌希夏"
    "雅亚耶伊英尤约泽扎詹珍朱卓孜孙茨伯勃波博丹道迪恩弗盖汉赫霍杰凯肯莫内培佩森舍斯丝汀托温文翁旺仁增次"
    "旦珠央金卓玛白措吾提杜格丁安奥贾宾鲍卜江买木萨依甫肖开提"
)
_ANY_DOTTED = rf"[一-龥]{{2,6}}?{_DOT}[一-龥]{{1,6}}?"
_DOTTED = rf"[{_SOUND}]{{2,7}}{_DOT}[{_SOUND}]{{2,7}}(?:{_DOT}[{_SOUND}]{{1,7}})?"
_AFTER = (
    r"[^一-龥]|反映|来电|致电|表示|称|说|住|家|是|在|于|的|男|女|电话|手机|身份证|联系|投诉|举报|要求|希望|咨询"
    "|建议|求助|从|因|与|和|及|对|向|现|今年|年龄|先生|女士|小姐|同志|等|发现|以及|本人|之|将|被|把|已|曾|也|户|$"
)
_NAMED = r"我叫|名叫|名字叫|本人叫|姓[ \x{3000}]*名[是为叫]?"
_ROLE = (
    "户名|站长|顾问|农民|会计|受害人|嫌疑人|投资人|经营者|校长|科长|联系人|投诉人|反映人|反应人|控告人|求诉人|报告人|被告人|上访人|信访人|来电人|来话人|举报人|申请人|当事人|负责人|法人代表|法人|法定代表人|户主|业主|房东|租户|租客"
    "|患者|病人|死者|伤者|收件人|收货人|经办人|承办人|推荐人|接线员|话务员|坐席|店主|老板|客户|家长|监护人|诉求人"
    "|报修人|市民|居民|村民|父亲|母亲|爱人|丈夫|妻子|老公|老婆|儿子|女儿|弟弟|哥哥|姐姐|妹妹|爷爷|奶奶|外婆|邻居"
    "|同事|员工|职工|工人|医生|民警|辅警|书记|主任|经理|厅长|局长|所长|队长|包工头|原告|被告|同学|教师"
)
_FAINT = "我是|本人|我|孩子|老人|学生|老师|司机|女士|先生"
_BEFORE = (
    "师傅|老师|大夫|医生|律师|警官|民警|法官|大爷|大妈|大姐|大哥|阿姨|叔叔|奶奶|爷爷|总?经理|主任|书记|厅长|局长|科长"
    "|所长|队长|站长|院长|校长|处长|区长|县长|镇长|市长|董事长|老板|主管"
)
_OFFICE = (
    "总?经理|主任|书记|厅长|局长|科长|所长|队长|站长|院长|校长|处长|区长|县长|镇长|市长|董事长"
)
# The text after a full name in a list of persons: 李生正，男，63岁.
_PERSON_AFTER = (
    r"[,\x{ff0c}、\s\x{3000}]?[男女](?:性|[,\x{ff0c}、\s\x{3000}0-9]|现年|汉族)"
    r"|[\s\x{3000}]*身份证号"
)
# A number often follows a name; it is masked before names are.
_NUMBER_AFTER = (
    r"[\s\x{3000},\x{ff0c}:\x{ff1a}(\x{ff08}]*"
    r"(?:联系)?(?:电话|手机)?[号码]*[\s\x{3000}:\x{ff1a}]*\*\*\*"
)
_NUMBER_AFTER_HINT = (
    r"[\s\x{3000},\x{ff0c}:\x{ff1a}(\x{ff08}]{0,2}(?:(?:联系)?(?:电话|手机)|[0-9+]{6})"
)
# After a word that only introduces a name, any surname counts.
_COLON = r"[\s\x{3000}]*[:\x{ff1a}][\s\x{3000}]*"
_STRONG_CUE = (
    rf"(?:{_NAMED})(?:{_COLON}|[是为\s\x{{3000}}]*)"
    rf"|(?:{_ROLE}|名字)(?:姓名)?名?叫|(?:{_ROLE})(?:姓名)?[是为叫]?{_COLON}"
)
NAME_AFTER = (
    rf"({_STRONG_CUE})(?:(?:{_FOREIGN}|{_SURNAME}{_SPACE}?{_GIVEN}{_GIVEN}??)({_AFTER})"
    rf"|{_FOREIGN}|{_SURNAME}{_SPACE}?{_GIVEN}{{1,2}})"
    rf"|((?:{_ROLE})(?:[是为叫]|姓名)?{_SPACE}?)(?:(?:{_ANY_DOTTED}|{_SURE_SURNAME}{_GIVEN}|{_OFTEN_NAME}){_GIVEN}??({_AFTER})"
    rf"|{_SURE_SURNAME}{_GIVEN}{{2}})"
    rf"|({_FAINT})({_SPACE}?)(?:{_ANY_DOTTED}|{_SURE_SURNAME}{_GIVEN}{_GIVEN}??)({_AFTER})"
)
NAME_AFTER_COVER = r"\1\3\5\6某某\2\4\7"
NAME_BEFORE = (
    rf"{_DOTTED}|{_ANY_DOTTED}(先生|女士|小姐|同志)|{_SURNAME}{_GIVEN}{{0,2}}{_SPACE}?(先生|女士|小姐|同志)"
    rf"|{_SURE_SURNAME}{_GIVEN}{{0,2}}(副?(?:{_BEFORE}))|[黄周马康童詹钟汤尹黎顾严洪申温左盛丛](副?(?:{_OFFICE}))"
    rf"|{_SURNAME}{_GIVEN}{{1,2}}({_PERSON_AFTER})|{_SURE_SURNAME}{_GIVEN}{{1,2}}({_NUMBER_AFTER})"
)
NAME_BEFORE_COVER = r"某某\1\2\3\4\5\6"
_NAME_HINT = (
    rf"先生|女士|小姐|同志|{_NAMED}|[一-龥]{_DOT}[一-龥]|(?:{_ROLE})(?:姓名)?[是为叫]?(?:{_COLON}|{_SPACE}?{_SURE_SURNAME})"
    rf"|(?:{_FAINT}){_SPACE}?{_SURE_SURNAME}|{_SURE_SURNAME}[^ -~]{{0,2}}副?(?:{_BEFORE})"
    rf"|[黄周马康童詹钟汤尹黎顾严洪申温左盛丛]副?(?:{_OFFICE})|[^ -~]{{2}}(?:{_PERSON_AFTER})"
    rf"|{_SURE_SURNAME}[^ -~]{{1,2}}(?:{_NUMBER_AFTER_HINT})"
    rf"|(?:{_ROLE})[是为]?(?:名?叫|{_SPACE}?[{_OFTEN}])"
)
# A blank inside a name, as the record's own names may be written.
_SPACED_HINT = rf"[^ -~]{_SPACE}[^ -~]"
REST_HINT = f"{_KEPT_HINT}|{_CODE_HINT}|{_NAME_HINT}|{_SPACED_HINT}"

# For short names (a tag, a unit): all kinds in one, without the words before a name. House numbers
# only where they are certain, and then to their end: 10号线, 第3分局, 2号航站楼 are kept.
_SHORT_DOOR = (
    rf"[{DIGIT}]+(?:号[院楼]|单元|[栋幢])(?:[{DIGIT}]+(?:号[院楼]?|单元|[栋幢室楼层])?)*"
    rf"|[{DIGIT}]{{3,}}室"
)
SHORT = (
    f"{PERSONAL}|[{_ANY_DIGIT}]{{7,}}|{_MAIL}|{_PLATE}|{_SURNAME}{_GIVEN}{{0,2}}(?:先生|女士|小姐)"
    f"|{_SHORT_DOOR}"
)
SHORT_HINT = (
    rf"{PERSONAL_HINT}|[{_SPOKEN}]{{3}}|[@＠]"
    rf"|[{_PROVINCE}]{_BETWEEN}{{0,2}}[{_LATIN}]|先生|女士|小姐|[{DIGIT}](?:号[院楼]|单元|[栋幢室])"
)
# A whole cell that looks like a name.
_HAN = r"[\x{3400}-\x{9fff}\x{20000}-\x{3ffff}]"
LIKE_NAME = rf"(?:{_DOUBLE}|{_UNSURE_DOUBLE}){_HAN}{{0,2}}|[{_SURE}]{_HAN}{{1,2}}|.*[·•・].*"
# A cell with a number or a house number.
NUMBERED = rf"[{DIGIT}]|[{_SPOKEN}]{{3}}|[{NUMERAL}](?:[号室弄栋幢]|单元)|[@＠]"
